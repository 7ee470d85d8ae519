// dotnet add package Microsoft.IdentityModel.JsonWebTokens
// privateKey: its KeyId is "{{kid}}"
var descriptor = new SecurityTokenDescriptor {
    TokenType = "JWT",
    Issuer = "{{clientId}}",
    Audience = "{{token}}",
    Expires = DateTime.UtcNow.AddSeconds(240),
    Claims = new Dictionary<string, object> {
        ["sub"] = "{{clientId}}",
        ["jti"] = Guid.NewGuid().ToString(),
    },
    SigningCredentials = new SigningCredentials(privateKey, "{{alg}}"),
};
var assertion = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
