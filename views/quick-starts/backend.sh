# A token for a service, with openssl and curl. private.pem is RSA; its public half is registered under this kid.
KID='{{kid}}'
CLIENT='{{clientId}}'
TOKEN_ENDPOINT='{{token}}'

b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
#: sign
HEADER=$(printf '{"alg":"RS384","typ":"JWT","kid":"%s"}' "$KID" | b64)
CLAIMS=$(printf '{"iss":"%s","sub":"%s","aud":"%s","exp":%d,"jti":"%s"}' \
  "$CLIENT" "$CLIENT" "$TOKEN_ENDPOINT" $(($(date +%s) + 240)) "$(openssl rand -hex 16)" | b64)
SIGNATURE=$(printf '%s.%s' "$HEADER" "$CLAIMS" | openssl dgst -sha384 -sign private.pem -binary | b64)
#:

#: present
ANSWER=$(curl -s "$TOKEN_ENDPOINT" \
  -d grant_type=client_credentials -d scope=system/Patient.rs \
  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  -d "client_assertion=$HEADER.$CLAIMS.$SIGNATURE")
#:
TOKEN=$(printf '%s' "$ANSWER" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
#: search
curl -s -H "Authorization: Bearer $TOKEN" '{{fhirBase}}/Patient?_count=1'
#:
