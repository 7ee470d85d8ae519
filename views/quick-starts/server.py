# What an app with a server does, with nothing but Python itself. Keep the secret on the server.
import base64, hashlib, json, os, secrets, sys
from urllib.parse import parse_qs, urlencode, urlparse
from urllib.request import Request, urlopen

FHIR = '{{fhirBase}}'
CLIENT_ID = '{{clientId}}'
CLIENT_SECRET = os.environ['CLIENT_SECRET']
REDIRECT_URI = 'https://app.example/callback'
SCOPE = 'launch/patient openid fhirUser offline_access patient/Patient.rs'


def get(address, headers={}):
    return json.load(urlopen(Request(address, headers=headers)))


smart = get(FHIR + '/.well-known/smart-configuration')

# 1. Send the person here; keep state and verifier in their session.
state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b'=').decode()
#: ask
print(smart['authorization_endpoint'] + '?' + urlencode({
    'response_type': 'code', 'client_id': CLIENT_ID, 'redirect_uri': REDIRECT_URI, 'scope': SCOPE,
    'aud': FHIR, 'state': state, 'code_challenge': challenge, 'code_challenge_method': 'S256',
}), flush=True)
#:

# 2. They come back to your address: the same state, or it is not their launch.
answer = parse_qs(urlparse(sys.stdin.readline().strip()).query)
if answer.get('state') != [state] or 'code' not in answer:
    sys.exit('No launch of this person: ' + str(answer.get('error_description')))

# 3. Trade the code for a token.
#: trade
basic = base64.b64encode(f'{CLIENT_ID}:{CLIENT_SECRET}'.encode()).decode()
token = json.load(urlopen(Request(smart['token_endpoint'], headers={'Authorization': 'Basic ' + basic}, data=urlencode({
    'grant_type': 'authorization_code', 'code': answer['code'][0],
    'redirect_uri': REDIRECT_URI, 'code_verifier': verifier,
}).encode())))
#:

# 4. Read the record that was chosen.
#: read
patient = get(FHIR + '/Patient/' + token['patient'], {'Authorization': 'Bearer ' + token['access_token']})
print(patient['name'][0]['family'])
#:
