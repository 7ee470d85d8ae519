// Outline for Android: a Custom Tab signs the person in, and an intent filter for com.example.app brings the code.
val fhir = "{{fhirBase}}"
val redirect = "com.example.app:/callback"   // registered, with application_type "native"

val verifier = random(48)
val state = random(32)
val challenge = MessageDigest.getInstance("SHA-256").digest(verifier.toByteArray()).base64Url()
val request = Uri.parse("{{authorize}}").buildUpon()
    .appendQueryParameter("response_type", "code")
    .appendQueryParameter("client_id", "{{clientId}}")
    .appendQueryParameter("redirect_uri", redirect)
    .appendQueryParameter("aud", fhir)
    .appendQueryParameter("scope", "launch/patient offline_access patient/*.rs")
    .appendQueryParameter("state", state)
    .appendQueryParameter("code_challenge", challenge)
    .appendQueryParameter("code_challenge_method", "S256")
    .build()
CustomTabsIntent.Builder().build().launchUrl(activity, request)

// In the activity of the intent filter: the same state as above, or it is not our launch. Then, as in the browser
// quick start, POST {{token}} with grant_type, code, redirect_uri, client_id and code_verifier.
// Keep the refresh token encrypted with a key of the Android Keystore.
