# pip install pyjwt cryptography
import time, uuid
import jwt

assertion = jwt.encode(
    {
        'iss': '{{clientId}}',
        'sub': '{{clientId}}',
        'aud': '{{token}}',
        'exp': int(time.time()) + 240,
        'jti': str(uuid.uuid4()),
    },
    private_key_pem,
    algorithm='{{alg}}',
    headers={'typ': 'JWT', 'kid': '{{kid}}'},
)
