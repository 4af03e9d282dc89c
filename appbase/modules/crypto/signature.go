package crypto

import (
	gocrypto "crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
)

func sign(r *request) (func() (any, error), error) {
	key, data, h := r.material("material"), r.bytes("data"), hashOf(r.text("hash"))
	switch r.text("name") {
	case "HMAC":
		return func() (any, error) { return mac(h, key.secret, data), nil }, nil
	case "Ed25519":
		private, _ := key.private.(ed25519.PrivateKey)
		return func() (any, error) { return ed25519.Sign(private, data), nil }, nil
	case "ECDSA":
		private, _ := key.private.(*ecdsa.PrivateKey)
		return func() (any, error) { return signECDSA(private, sumOf(h, data)) }, nil
	}
	r.heavy = true
	private, _ := key.private.(*rsa.PrivateKey)
	if r.text("name") == "RSA-PSS" {
		o, err := pssOptions(r, h, private.N)
		return func() (any, error) { return rsa.SignPSS(rand.Reader, private, h, sumOf(h, data), o) }, err
	}
	return func() (any, error) { return rsa.SignPKCS1v15(rand.Reader, private, h, sumOf(h, data)) }, nil
}

func verify(r *request) (func() (any, error), error) {
	key, data, signature, h := r.material("material"), r.bytes("data"), r.bytes("signature"), hashOf(r.text("hash"))
	switch r.text("name") {
	case "HMAC":
		return func() (any, error) { return hmac.Equal(mac(h, key.secret, data), signature), nil }, nil
	case "Ed25519":
		public, _ := key.public.(ed25519.PublicKey)
		return func() (any, error) {
			return len(signature) == ed25519.SignatureSize && ed25519.Verify(public, data, signature), nil
		}, nil
	case "ECDSA":
		public, _ := key.public.(*ecdsa.PublicKey)
		return func() (any, error) { return verifyECDSA(public, sumOf(h, data), signature), nil }, nil
	}
	public, _ := key.public.(*rsa.PublicKey)
	if r.text("name") == "RSA-PSS" {
		o, err := pssOptions(r, h, public.N)
		return func() (any, error) { return rsa.VerifyPSS(public, h, sumOf(h, data), signature, o) == nil, nil }, err
	}
	return func() (any, error) { return rsa.VerifyPKCS1v15(public, h, sumOf(h, data), signature) == nil, nil }, nil
}

// pssOptions takes the length of the salt, which Go's own constants would read otherwise when it is zero.
func pssOptions(r *request, h gocrypto.Hash, n *big.Int) (*rsa.PSSOptions, error) {
	salt := r.number("saltLength", 0)
	if most := (n.BitLen()-1+7)/8 - h.Size() - 2; salt > most {
		return nil, fail("OperationError", "the salt has at most %d bytes with this key, not %d", max(most, 0), salt)
	}
	if salt == 0 {
		return nil, fail("OperationError", "a salt of no bytes is not supported")
	}
	return &rsa.PSSOptions{SaltLength: salt, Hash: h}, nil
}

// signECDSA gives r and s one after the other, each as long as the curve's order (Web Cryptography, 23.7.1).
func signECDSA(key *ecdsa.PrivateKey, sum []byte) (any, error) {
	r, s, err := ecdsa.Sign(rand.Reader, key, sum)
	if err != nil {
		return nil, err
	}
	n := (key.Curve.Params().N.BitLen() + 7) / 8
	out := make([]byte, 2*n)
	r.FillBytes(out[:n])
	s.FillBytes(out[n:])
	return out, nil
}

func verifyECDSA(key *ecdsa.PublicKey, sum, signature []byte) bool {
	n := (key.Curve.Params().N.BitLen() + 7) / 8
	if len(signature) != 2*n {
		return false
	}
	return ecdsa.Verify(key, sum, new(big.Int).SetBytes(signature[:n]), new(big.Int).SetBytes(signature[n:]))
}

// oaep is RSA-OAEP.
func oaep(r *request, key *material, data []byte, forward bool) (func() (any, error), error) {
	r.heavy = true
	h, label := hashOf(r.text("hash")), r.bytes("label")
	if forward {
		public, _ := key.public.(*rsa.PublicKey)
		return func() (any, error) { return rsa.EncryptOAEP(h.New(), rand.Reader, public, data, label) }, nil
	}
	private, _ := key.private.(*rsa.PrivateKey)
	return func() (any, error) {
		plain, err := rsa.DecryptOAEP(h.New(), nil, private, data, label)
		if err != nil {
			return nil, errDecrypt
		}
		return notNil(plain), nil
	}, nil
}
