package crypto

import (
	"testing"

	"github.com/dop251/goja"
	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newVM is for what needs no promises.
func newVM(t testing.TB) *goja.Runtime { return newSubtle(t).VM() }

// helpers are functions that tests of crypto.subtle share.
const helpers = `
	globalThis.s = crypto.subtle;
	globalThis.hex = (b) => Array.from(new Uint8Array(b), (n) => n.toString(16).padStart(2, "0")).join("");
	globalThis.un = (h) => new Uint8Array((h.match(/../g) ?? []).map((p) => parseInt(p, 16)));
	globalThis.utf = (t) => new Uint8Array(Array.from(t, (c) => c.charCodeAt(0)));
	globalThis.txt = (b) => String.fromCharCode(...new Uint8Array(b));
	globalThis.raw = (h, a, u, x = false) => s.importKey("raw", typeof h === "string" ? un(h) : h, a, x, u);`

func newSubtle(t testing.TB) *scriptingtest.Runtime {
	t.Helper()
	rt := globalstest.NewRuntime(t, Install)
	if _, err := rt.RunTrusted("helpers", helpers); err != nil {
		t.Fatal(err)
	}
	return rt
}

// expect runs bodies of async functions and compares what they return or throw.
func expect(t *testing.T, table [][2]string) {
	t.Helper()
	rt := newSubtle(t)
	for _, row := range table {
		if got := globalstest.Wait(t, rt, row[0]); got != row[1] {
			t.Errorf("%s\n got %q\nwant %q", row[0], got, row[1])
		}
	}
}

// The examples of FIPS 180-2, and RFC 4231 test case 2.
func TestDigestAndHMAC(t *testing.T) {
	expect(t, [][2]string{
		{`return hex(await s.digest("SHA-1", utf("abc")))`, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{`return hex(await s.digest({ name: "sha-256" }, utf("abc").buffer))`, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{`return hex(await s.digest("SHA-384", new Uint8Array([0, 97, 98, 99]).subarray(1))).slice(0, 16)`, "cb00753f45a35e8b"},
		{`return hex(await s.digest("SHA-512", new DataView(utf("abc").buffer))).slice(0, 16)`, "ddaf35a193617aba"},
		{`return hex(await s.digest("SHA-256", new Uint8Array(1 << 20))).slice(0, 16)`, "30e14955ebf13522"},
		{`const k = await raw(utf("Jefe"), { name: "HMAC", hash: "SHA-256" }, ["sign", "verify"]); return hex(await s.sign("HMAC", k, utf("what do ya want for nothing?")))`,
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{`const k = await raw(utf("Jefe"), { name: "HMAC", hash: { name: "SHA-256" } }, ["sign", "verify"]); const m = utf("x"), g = new Uint8Array(await s.sign("HMAC", k, m));
			const good = await s.verify("HMAC", k, g, m); g[0] ^= 1; return [good, await s.verify("HMAC", k, g, m), k.algorithm.length, k.algorithm.hash.name]`, "true,false,32,SHA-256"},
		{`const k = await s.generateKey({ name: "HMAC", hash: "SHA-512" }, true, ["sign"]); return [k.algorithm.length, (await s.exportKey("raw", k)).byteLength, k.usages, k.type]`, "1024,128,sign,secret"},
		{`return (await s.exportKey("jwk", await raw("0102", { name: "HMAC", hash: "SHA-256" }, ["sign"], true))).k`, "AQI"},
	})
}

// AES-GCM: test case 4 of the GCM specification; AES-CBC and AES-CTR: NIST SP 800-38A, F.2.1 and F.5.1; AES-KW: RFC 3394, 4.1.
func TestAES(t *testing.T) {
	const key38a = "2b7e151628aed2a6abf7158809cf4f3c"
	expect(t, [][2]string{
		{`const k = await raw("feffe9928665731c6d6a8f9467308308", "AES-GCM", ["encrypt", "decrypt"]);
			const a = { name: "AES-GCM", iv: un("cafebabefacedbaddecaf888"), additionalData: un("feedfacedeadbeeffeedfacedeadbeefabaddad2") };
			const c = await s.encrypt(a, k, un("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
			return hex(c).slice(-48) + txt(await s.decrypt({ ...a, tagLength: 96 }, k, await s.encrypt({ ...a, tagLength: 96 }, k, utf("hi"))))`,
			"6a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47hi"},
		{`const k = await raw("00000000000000000000000000000000", "AES-GCM", ["decrypt"]); return s.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, k, new Uint8Array(16))`, "OperationError: decryption failed"},
		{`const k = await raw("` + key38a + `", "AES-CBC", ["encrypt", "decrypt"]), a = { name: "AES-CBC", iv: un("000102030405060708090a0b0c0d0e0f") };
			const c = await s.encrypt(a, k, un("6bc1bee22e409f96e93d7e117393172a")); return hex(c).slice(0, 32) + hex(await s.decrypt(a, k, c))`,
			"7649abac8119b246cee98e9b12e9197d6bc1bee22e409f96e93d7e117393172a"},
		{`const k = await raw("` + key38a + `", "AES-CBC", ["decrypt"]); return s.decrypt({ name: "AES-CBC", iv: new Uint8Array(16) }, k, new Uint8Array(15))`, "OperationError: decryption failed"},
		{`const k = await raw("` + key38a + `", "AES-CTR", ["encrypt", "decrypt"]), a = { name: "AES-CTR", counter: un("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), length: 128 };
			return hex(await s.encrypt(a, k, un("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")))`,
			"874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"},
		{`const k = await raw("` + key38a + `", "AES-CTR", ["encrypt"]), zero = new Uint8Array(32), enc = (counter, length, data) => s.encrypt({ name: "AES-CTR", counter: un(counter), length }, k, data);
			const both = hex(await enc("000000000000000000000000000000ff", 8, zero));
			return both === hex(await enc("000000000000000000000000000000ff", 8, zero.subarray(16))) + hex(await enc("00000000000000000000000000000000", 8, zero.subarray(16)))`, "true"},
		{`const k = await raw("` + key38a + `", "AES-CTR", ["encrypt"]); return s.encrypt({ name: "AES-CTR", counter: new Uint8Array(16), length: 1 }, k, new Uint8Array(33))`, "OperationError: the message is too long for a counter of 1 bits"},
		{`const kek = await raw("000102030405060708090a0b0c0d0e0f", "AES-KW", ["wrapKey", "unwrapKey"]), k = await raw("00112233445566778899aabbccddeeff", "AES-GCM", ["encrypt"], true);
			const w = await s.wrapKey("raw", k, kek, "AES-KW"), back = await s.unwrapKey("raw", w, kek, "AES-KW", "AES-GCM", true, ["encrypt"]);
			const bad = new Uint8Array(w.slice(0)); bad[3] ^= 1;
			return [hex(w), hex(await s.exportKey("raw", back)), await s.unwrapKey("raw", bad, kek, "AES-KW", "AES-GCM", true, ["encrypt"]).catch((e) => e.name)]`,
			"1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5,00112233445566778899aabbccddeeff,OperationError"},
		{`const k = await s.generateKey({ name: "AES-GCM", length: 256 }, true, ["wrapKey", "unwrapKey", "encrypt"]), pair = await s.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
			const a = { name: "AES-GCM", iv: new Uint8Array(12) }, w = await s.wrapKey("jwk", pair.privateKey, k, a);
			const back = await s.unwrapKey("jwk", w, k, a, { name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
			return [back.type, (await s.exportKey("jwk", back)).d === (await s.exportKey("jwk", pair.privateKey)).d]`, "private,true"},
	})
}

// Signing and verifying, in all forms that a key has. Deterministic ones against RFC 8032, 7.1, test 2.
func TestSignatures(t *testing.T) {
	const roundTrip = `const go = async (a, use, forms) => {
		const pair = await s.generateKey(a, true, ["sign", "verify"]), m = utf("message"), out = [];
		const pub = await s.importKey("spki", await s.exportKey("spki", pair.publicKey), a, true, ["verify"]);
		const priv = await s.importKey("pkcs8", await s.exportKey("pkcs8", pair.privateKey), a, true, ["sign"]);
		const pub2 = await s.importKey("jwk", await s.exportKey("jwk", pub), a, true, ["verify"]);
		const priv2 = await s.importKey("jwk", await s.exportKey("jwk", priv), a, true, ["sign"]);
		for (const [p, v] of [[pair.privateKey, pair.publicKey], [priv, pub], [priv2, pub2], [pair.privateKey, pub2]]) {
			const sig = new Uint8Array(await s.sign(use, p, m)), good = await s.verify(use, v, sig, m);
			sig[sig.length >> 1] ^= 1;
			out.push(good && !(await s.verify(use, v, sig, m)) && !(await s.verify(use, v, sig.subarray(1), m)));
		}
		return out.join();
	};`
	const four = "true,true,true,true"
	expect(t, [][2]string{
		{roundTrip + `return go({ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" })`, four},
		{roundTrip + `return go({ name: "ECDSA", namedCurve: "P-384" }, { name: "ECDSA", hash: "SHA-384" })`, four},
		{roundTrip + `return go({ name: "ECDSA", namedCurve: "P-521" }, { name: "ECDSA", hash: "SHA-1" })`, four},
		{roundTrip + `return go("Ed25519", "Ed25519")`, four},
		{roundTrip + `return go({ name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, "RSASSA-PKCS1-v1_5")`, four},
		{roundTrip + `return go({ name: "RSA-PSS", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-384" }, { name: "RSA-PSS", saltLength: 32 })`, four},
		{`const d = un("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), x = un("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
			const b64 = (b) => btoaURL(b); const k = await s.importKey("jwk", { kty: "OKP", crv: "Ed25519", d: b64(d), x: b64(x) }, "Ed25519", false, ["sign"]);
			return hex(await s.sign("Ed25519", k, un("72"))).slice(0, 32);
			function btoaURL(b) { return b.toBase64({ alphabet: "base64url", omitPadding: true }) }`, "92a009a9f0d4cab8720e820b5f642540"},
		{`const k = (await s.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])); return [k.publicKey.usages, k.privateKey.usages, k.publicKey.extractable, k.privateKey.extractable, k.publicKey.type, Object.prototype.toString.call(k.publicKey), (await s.exportKey("raw", k.publicKey)).byteLength]`,
			"verify,sign,true,false,public,[object CryptoKey],65"},
		{`const a = { name: "ECDSA", namedCurve: "P-256" }, { publicKey: k } = await s.generateKey(a, false, ["sign", "verify"]), r = new Uint8Array(await s.exportKey("raw", k));
			const small = new Uint8Array(33); small.set(r.subarray(0, 33)); small[0] = 2 + (r[64] & 1);
			return hex(await s.exportKey("raw", await s.importKey("raw", small, a, true, ["verify"]))) === hex(r)`, "true"},
	})
}

// RFC 6070, RFC 5869 test 1; that both sides of an agreement get the same.
func TestDeriving(t *testing.T) {
	expect(t, [][2]string{
		{`const k = await raw(utf("password"), "PBKDF2", ["deriveBits"]); return hex(await s.deriveBits({ name: "PBKDF2", hash: "SHA-1", salt: utf("salt"), iterations: 4096 }, k, 160))`, "4b007901b765489abead49d926f721d065a429c1"},
		{`const k = await raw("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "HKDF", ["deriveBits"]); return hex(await s.deriveBits({ name: "HKDF", hash: "SHA-256", salt: un("000102030405060708090a0b0c"), info: un("f0f1f2f3f4f5f6f7f8f9") }, k, 336))`,
			"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
		{`const a = await s.generateKey("X25519", false, ["deriveBits"]), b = await s.generateKey("X25519", false, ["deriveBits"]);
			return hex(await s.deriveBits({ name: "X25519", public: b.publicKey }, a.privateKey, 250)) === hex(await s.deriveBits({ name: "X25519", public: a.publicKey }, b.privateKey, 250))`, "true"},
		{`const g = () => s.generateKey({ name: "ECDH", namedCurve: "P-384" }, true, ["deriveKey", "deriveBits"]), a = await g(), b = await g(), to = { name: "AES-GCM", length: 256 };
			const k = await s.deriveKey({ name: "ECDH", public: b.publicKey }, a.privateKey, to, true, ["encrypt"]), m = await s.deriveKey({ name: "ECDH", public: a.publicKey }, b.privateKey, to, true, ["decrypt"]);
			return [hex(await s.exportKey("raw", k)) === hex(await s.exportKey("raw", m)), k.algorithm.length, (await s.deriveBits({ name: "ECDH", public: b.publicKey }, a.privateKey)).byteLength, b.publicKey.usages.length]`, "true,256,48,0"},
		{`const k = await raw(utf("password"), "PBKDF2", ["deriveKey"]); const h = await s.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt: utf("salt"), iterations: 10 }, k, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]); return [h.algorithm.length, h.algorithm.name]`, "512,HMAC"},
		{`const k = await raw("00", "HKDF", ["deriveBits"]); return (await s.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new Uint8Array() }, k, 0)).byteLength`, "0"},
	})
}

func TestOAEP(t *testing.T) {
	expect(t, [][2]string{
		{`const a = { name: "RSA-OAEP", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, p = await s.generateKey(a, true, ["encrypt", "decrypt", "wrapKey", "unwrapKey"]);
			const c = await s.encrypt({ name: "RSA-OAEP", label: utf("l") }, p.publicKey, utf("secret"));
			const wrong = await s.decrypt("RSA-OAEP", p.privateKey, c).catch((e) => e.name), j = await s.exportKey("jwk", p.publicKey);
			return [txt(await s.decrypt({ name: "RSA-OAEP", label: utf("l") }, p.privateKey, c)), wrong, j.alg, j.key_ops, p.publicKey.algorithm.modulusLength, p.publicKey.algorithm.publicExponent, p.privateKey.usages]`,
			"secret,OperationError,RSA-OAEP-256,encrypt,wrapKey,1024,1,0,1,decrypt,unwrapKey"},
	})
}

// What a key does not allow, and what is no key, is refused by the names of the standard.
func TestRefusals(t *testing.T) {
	const hmac = `const h = await raw("0102", { name: "HMAC", hash: "SHA-256" }, ["sign"]);`
	expect(t, [][2]string{
		{`return s.digest("MD5", utf(""))`, `NotSupportedError: the algorithm "MD5" is not supported for digest`},
		{`return s.digest({}, utf(""))`, "TypeError: the algorithm must have a name"},
		{`return s.digest("SHA-256")`, "TypeError: digest needs 2 arguments, but got 1"},
		{`return s.digest("SHA-256", "text")`, "TypeError: the data must be an ArrayBuffer, a typed array or a DataView"},
		{`return s.importKey("raw", utf("x"), "HMAC", true, ["sign"])`, "TypeError: HMAC needs hash"},
		{hmac + `return s.verify("HMAC", h, utf(""), utf(""))`, "InvalidAccessError: the key is not for verify"},
		{hmac + `return s.sign("Ed25519", h, utf(""))`, "InvalidAccessError: the key is of HMAC, not of Ed25519"},
		{hmac + `return s.exportKey("raw", h)`, "InvalidAccessError: the key is not extractable"},
		{hmac + `h.usages.push("verify"); h.algorithm.name = "AES-GCM"; return s.verify("HMAC", h, utf(""), utf(""))`, "InvalidAccessError: the key is not for verify"},
		{`return s.sign("HMAC", {}, utf(""))`, "TypeError: the key must be a CryptoKey"},
		{`return raw("0102", "AES-GCM", ["encrypt"])`, "DataError: a key of AES-GCM has 128, 192 or 256 bits, not 16"},
		{`return raw("", { name: "HMAC", hash: "SHA-256" }, ["sign"])`, "DataError: a key of HMAC has at least one bit"},
		{`return raw("0102", { name: "HMAC", hash: "SHA-256" }, ["encrypt"])`, "SyntaxError: a key of HMAC is not for encrypt"},
		{`return raw("0102", { name: "HMAC", hash: "SHA-256" }, [])`, "SyntaxError: a secret key needs a usage"},
		{`return raw("0102", { name: "HMAC", hash: "SHA-256" }, ["fly"])`, `TypeError: "fly" is no key usage`},
		{`return raw("0102", "HKDF", ["deriveBits"], true)`, "SyntaxError: a key of HKDF cannot be extractable"},
		{`return s.generateKey({ name: "AES-GCM", length: 100 }, true, ["encrypt"])`, "OperationError: a key of AES-GCM has 128, 192 or 256 bits, not 100"},
		{`return s.generateKey({ name: "ECDSA", namedCurve: "P-1" }, true, ["sign"])`, `NotSupportedError: the curve "P-1" is not supported`},
		{`return s.generateKey("Ed25519", true, ["verify"])`, "SyntaxError: a private key needs a usage"},
		{`return s.generateKey({ name: "RSA-PSS", hash: "SHA-256", modulusLength: 16384, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["sign"])`, "OperationError: a modulus that is made here has 1024 to 4096 bits, in steps of 8, not 16384"},
		{`return s.generateKey({ name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([3]) }, true, ["sign"])`, "OperationError: the public exponent of keys made here is 65537"},
		{`return s.generateKey({ name: "HMAC", hash: "SHA-256", length: 4294967295 }, true, ["sign"])`, "OperationError: a secret has at most 8388608 bits, not 2147483647"},
		{`return s.importKey("jwk", { kty: "RSA" }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])`, `DataError: the JSON Web Key has kty "RSA", HMAC needs "oct"`},
		{`return s.importKey("jwk", { kty: "oct", k: "AQI", alg: "HS512" }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])`, `DataError: the JSON Web Key has alg "HS512", not HS256`},
		{`return s.importKey("jwk", { kty: "oct", k: "AQI", ext: false }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])`, "DataError: the JSON Web Key is not extractable"},
		{`return s.importKey("jwk", { kty: "oct", k: "AQI", key_ops: ["verify"] }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])`, "DataError: the JSON Web Key is not for sign"},
		{`return s.importKey("jwk", { kty: "oct", k: "A=" }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])`, "DataError: the part k of the JSON Web Key is no base64url"},
		{`return s.importKey("jwk", { kty: "EC", crv: "P-256", x: "AA", y: "AA" }, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"])`, "DataError: x and y must be as long as the curve"},
		{`const x = "A".repeat(43); return s.importKey("jwk", { kty: "EC", crv: "P-256", x, y: x }, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"])`, "DataError: the JSON Web Key is no valid key of ECDSA"},
		{`return s.importKey("jwk", { kty: "RSA", n: "AQAB", e: "AQAB", d: "AQAB" }, { name: "RSA-PSS", hash: "SHA-256" }, true, ["sign"])`, "NotSupportedError: a private key of RSA needs its primes"},
		{`return s.importKey("spki", utf("junk"), { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"])`, "DataError: the key cannot be read as spki"},
		{`return s.importKey("raw", utf("junk"), { name: "RSA-PSS", hash: "SHA-256" }, true, ["verify"])`, `NotSupportedError: a key of RSA-PSS has no form "raw"`},
		{`return s.importKey("jwk", utf("junk"), { name: "HMAC", hash: "SHA-256" }, true, ["verify"])`, "TypeError: a JSON Web Key must be an object"},
		{`const k = await raw("00", "PBKDF2", ["deriveBits"]); return s.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: utf(""), iterations: 2e7 }, k, 256)`, "OperationError: PBKDF2 makes at most 10000000 iterations over all of its output"},
		{`const k = await raw("00", "PBKDF2", ["deriveBits"]); return s.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: utf(""), iterations: 0 }, k, 256)`, "OperationError: PBKDF2 needs at least one iteration"},
		{`const k = await raw("00", "PBKDF2", ["deriveBits"]); return s.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: utf(""), iterations: 1 }, k, null)`, "OperationError: PBKDF2 needs a length that is a multiple of 8"},
		{`new CryptoKey()`, "TypeError: CryptoKey has no constructor: use crypto.subtle"},
		{`new SubtleCrypto()`, "TypeError: SubtleCrypto has no constructor: use crypto.subtle"},
	})
}

// What a script changes after the call does not reach the work.
func TestDataIsCopied(t *testing.T) {
	expect(t, [][2]string{
		{`const data = new Uint8Array(100000), first = hex(await s.digest("SHA-256", data)), going = s.digest("SHA-256", data); data.fill(1); return hex(await going) === first`, "true"},
	})
}

// There is an end to what may wait; what was taken is done.
func TestJobsAreBounded(t *testing.T) {
	j := &jobs{}
	gate, ran := make(chan struct{}), make(chan bool, maxWaiting+maxRunning)
	started := make(chan struct{}, maxRunning)
	for range maxRunning {
		if !j.start(1, func() { started <- struct{}{}; <-gate; ran <- true }) {
			t.Fatal("an idle set of jobs takes none")
		}
		<-started
	}
	if j.start(maxPendingBytes, func() {}) {
		t.Error("more bytes than may be pending were taken")
	}
	for range maxWaiting {
		if !j.start(0, func() { ran <- false }) {
			t.Fatal("refused too early")
		}
	}
	if j.start(0, func() {}) {
		t.Error("no end to what may wait")
	}
	j.drop()
	if j.start(0, func() {}) {
		t.Error("a job was taken after the end")
	}
	close(gate)
	for range maxRunning {
		if !<-ran {
			t.Error("a job ran after the end")
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("0"), "AQAB", "P-256")
	f.Fuzz(func(_ *testing.T, data []byte, text, curve string) {
		if curveOf(curve) == nil {
			curve = "P-256"
		}
		for _, name := range []string{"RSA-PSS", "ECDSA", "Ed25519", "X25519"} {
			for _, format := range []string{"raw", "spki", "pkcs8", "jwk"} {
				if name == "RSA-PSS" && format == "raw" {
					continue
				}
				key, err := readKey(format, name, curve, data, map[string]string{"n": text, "e": "AQAB", "d": text, "p": text, "q": text, "dp": text, "dq": text, "qi": text, "x": text, "y": text, "crv": curve})
				if err == nil {
					_, _ = checked(key, name, "private", curve)
				}
			}
		}
	})
}

func BenchmarkHMAC(b *testing.B) {
	rt := newSubtle(b)
	globalstest.Wait(b, rt, `globalThis.key = await raw("0102", { name: "HMAC", hash: "SHA-256" }, ["sign"]); globalThis.data = new Uint8Array(64); return 1`)
	sign, _ := goja.AssertFunction(must(b, rt, `() => { s.sign("HMAC", key, data) }`))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.Call(sign, goja.Undefined()); err != nil {
			b.Fatal(err)
		}
		rt.Loop.RunPosted()
	}
}

func must(b *testing.B, rt *scriptingtest.Runtime, source string) goja.Value {
	v, err := rt.RunTrusted("bench", "("+source+")")
	if err != nil {
		b.Fatal(err)
	}
	return v
}
