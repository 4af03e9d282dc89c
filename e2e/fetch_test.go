package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fetchingApp = `
export default class Fetching extends AppBase {
  @Get async ask(req) {
    try {
      const response = await fetch(req.query.get?.("at") ?? req.query.at);
      return response.status + " " + await response.text();
    } catch (error) {
      return error.name + ": " + error.cause?.message;
    }
  }
  @Get version() { return "1"; }
}
`

// Nothing private is reached until the operator grants it.
func TestFetchIsAllowedByTheOperator(t *testing.T) {
	neighbour := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("hello " + r.UserAgent()[:6]))
	}))
	defer neighbour.Close()
	apps := appsOf(t, map[string]string{"fetching.js": fetchingApp, "granted.js": fetchingApp})
	s := start(t, apps)
	if _, body, err := s.get("/fetching/ask?at=" + neighbour.URL); err != nil || !strings.HasPrefix(body, "TypeError: ") || !strings.Contains(body, "are not allowed") {
		t.Errorf("a private address answers %q, %v", body, err)
	}
	config := filepath.Join(t.TempDir(), "sigil.yaml")
	save(t, config, "fetch: { apps: [\"granted=127.0.0.1\"] }\n")
	s = start(t, apps, "--config", config)
	if _, body, err := s.get("/granted/ask?at=" + neighbour.URL); err != nil || body != "200 hello Sigil/" {
		t.Errorf("the app that may: %q, %v", body, err)
	}
	if _, body, err := s.get("/fetching/ask?at=" + neighbour.URL); err != nil || !strings.Contains(body, "are not allowed") {
		t.Errorf("the other one: %q, %v", body, err)
	}
	save(t, config, "fetch: { allow: [\"http://x\"] }\n")
	if text, code := command(t, ".", binary, "serve", "--apps", apps, "--config", config); code == 0 || !strings.Contains(text, `fetch.allow: "http://x" is no host`) {
		t.Errorf("a wrong entry ends with %d: %s", code, text)
	}
}

const signingApp = `
import { SignJWT, jwtVerify, generateKeyPair, exportJWK, importJWK, CompactEncrypt, compactDecrypt } from "jose";

export default class Signing extends AppBase {
  @Get async all() {
    const out = {};
    for (const alg of ["HS256", "RS256", "PS256", "ES256", "ES384", "EdDSA"]) {
      const pair = alg === "HS256" ? { privateKey: new TextEncoder().encode("a secret of some length, 32 bytes") } : await generateKeyPair(alg, { extractable: true });
      const jwt = await new SignJWT({ role: "admin" }).setProtectedHeader({ alg }).setIssuedAt().setExpirationTime("2h").sign(pair.privateKey);
      const key = pair.publicKey ? await importJWK(await exportJWK(pair.publicKey), alg) : pair.privateKey;
      const { payload } = await jwtVerify(jwt, key);
      const forged = await jwtVerify(jwt.slice(0, -6) + "AAAAAA", key).then(() => "taken", (e) => e.code);
      out[alg] = payload.role + " " + forged;
    }
    const { publicKey, privateKey } = await generateKeyPair("ECDH-ES+A256KW");
    const jwe = await new CompactEncrypt(new TextEncoder().encode("hidden")).setProtectedHeader({ alg: "ECDH-ES+A256KW", enc: "A256GCM" }).encrypt(publicKey);
    out.jwe = new TextDecoder().decode((await compactDecrypt(jwe, privateKey)).plaintext);
    return out;
  }
}
`

// The npm package jose, unmodified, signs, verifies and encrypts.
func TestJose(t *testing.T) {
	apps := appsOf(t, map[string]string{"signing/main.js": signingApp})
	if err := os.CopyFS(filepath.Join(apps, "signing", "node_modules", "jose"), os.DirFS(filepath.Join("node_modules", "jose"))); err != nil {
		t.Fatal(err)
	}
	s := start(t, apps)
	const verdict = "admin ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
	want := `{"HS256":"` + verdict + `","RS256":"` + verdict + `","PS256":"` + verdict + `","ES256":"` + verdict + `","ES384":"` + verdict + `","EdDSA":"` + verdict + `","jwe":"hidden"}`
	if _, body, err := s.get("/signing/all"); err != nil || body != want {
		t.Errorf("got %s, %v", body, err)
	}
}
