# A token for a service, with Python itself and openssl. private.pem is RSA, registered under this kid.
import base64, json, subprocess, time, uuid
from urllib.parse import urlencode
from urllib.request import Request, urlopen

FHIR, TOKEN_ENDPOINT = '{{fhirBase}}', '{{token}}'
CLIENT_ID, KID = '{{clientId}}', '{{kid}}'


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=')


def assertion():
    header = {'alg': 'RS384', 'typ': 'JWT', 'kid': KID}
    claims = {'iss': CLIENT_ID, 'sub': CLIENT_ID, 'aud': TOKEN_ENDPOINT,
              'exp': int(time.time()) + 240, 'jti': str(uuid.uuid4())}
    content = encode(json.dumps(header).encode()) + b'.' + encode(json.dumps(claims).encode())
    signed = subprocess.run(['openssl', 'dgst', '-sha384', '-sign', 'private.pem', '-binary'],
                            input=content, capture_output=True, check=True)
    return (content + b'.' + encode(signed.stdout)).decode()


token = json.load(urlopen(TOKEN_ENDPOINT, data=urlencode({
    'grant_type': 'client_credentials', 'scope': 'system/Patient.rs',
    'client_assertion_type': 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    'client_assertion': assertion(),
}).encode()))
patients = Request(FHIR + '/Patient?_count=1', headers={'Authorization': 'Bearer ' + token['access_token']})
print(json.load(urlopen(patients))['resourceType'])
