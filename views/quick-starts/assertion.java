// com.nimbusds:nimbus-jose-jwt
var header = new JWSHeader.Builder(JWSAlgorithm.{{alg}})
    .type(JOSEObjectType.JWT).keyID("{{kid}}").build();
var claims = new JWTClaimsSet.Builder()
    .issuer("{{clientId}}").subject("{{clientId}}")
    .audience("{{token}}")
    .expirationTime(Date.from(Instant.now().plusSeconds(240)))
    .jwtID(UUID.randomUUID().toString()).build();
var jwt = new SignedJWT(header, claims);
jwt.sign({{javaSigner}}); // the private half of the registered key
String assertion = jwt.serialize();
