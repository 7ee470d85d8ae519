// Outline for iOS: the system's own browser window signs the person in, and hands the code back.
import AuthenticationServices
import CryptoKit

let fhir = "{{fhirBase}}"
let redirect = "com.example.app:/callback"   // registered, with application_type "native"

let verifier = random(), state = random()
let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64URL
var request = URLComponents(string: "{{authorize}}")!
request.queryItems = [
  .init(name: "response_type", value: "code"), .init(name: "client_id", value: "{{clientId}}"),
  .init(name: "redirect_uri", value: redirect), .init(name: "aud", value: fhir),
  .init(name: "scope", value: "launch/patient offline_access patient/*.rs"),
  .init(name: "state", value: state), .init(name: "code_challenge", value: challenge),
  .init(name: "code_challenge_method", value: "S256"),
]
let session = ASWebAuthenticationSession(url: request.url!, callbackURLScheme: "com.example.app") { url, error in
  // The same state as above, or it is not our launch. Then, as in the browser quick start:
  // POST {{token}} with grant_type, code, redirect_uri, client_id and code_verifier.
  // Keep the refresh token in the Keychain.
}
session.start()
