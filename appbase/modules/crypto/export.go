package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
)

// exportKey gives a key's bytes, or the parts of a JSON Web Key.
func exportKey(r *request) (func() (any, error), error) {
	key, format := r.material("material"), r.text("format")
	return func() (any, error) {
		switch format {
		case "spki":
			return x509.MarshalPKIXPublicKey(key.public)
		case "pkcs8":
			return x509.MarshalPKCS8PrivateKey(key.private)
		case "jwk":
			return toJWK(key)
		}
		return rawBytes(key)
	}, nil
}

func rawBytes(m *material) (any, error) {
	switch key := m.public.(type) {
	case ed25519.PublicKey:
		return append([]byte{}, key...), nil
	case *ecdh.PublicKey:
		return key.Bytes(), nil
	case *ecdsa.PublicKey:
		return key.Bytes()
	}
	return append([]byte{}, m.secret...), nil
}

// base64URL reads a part of a JSON Web Key (RFC 7515, 2): without padding.
func base64URL(part, text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fail("DataError", "the part %s of the JSON Web Key is no base64url", part)
	}
	return data, nil
}

func encoded(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// toJWK is the parts of a key in the order in which RFC 7518 has them.
func toJWK(m *material) (any, error) {
	switch key := m.private.(type) {
	case *rsa.PrivateKey:
		return append(rsaParts(&key.PublicKey), rsaPrivateParts(key)...), nil
	case *ecdsa.PrivateKey:
		parts, err := ecParts(&key.PublicKey)
		if err != nil {
			return nil, err
		}
		d, err := key.Bytes()
		return append(parts, [2]string{"d", encoded(d)}), err
	case ed25519.PrivateKey:
		public, _ := key.Public().(ed25519.PublicKey)
		return [][2]string{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", encoded(public)}, {"d", encoded(key.Seed())}}, nil
	case *ecdh.PrivateKey:
		return [][2]string{{"kty", "OKP"}, {"crv", "X25519"}, {"x", encoded(key.PublicKey().Bytes())}, {"d", encoded(key.Bytes())}}, nil
	}
	switch key := m.public.(type) {
	case *rsa.PublicKey:
		return rsaParts(key), nil
	case *ecdsa.PublicKey:
		return ecParts(key)
	case ed25519.PublicKey:
		return [][2]string{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", encoded(key)}}, nil
	case *ecdh.PublicKey:
		return [][2]string{{"kty", "OKP"}, {"crv", "X25519"}, {"x", encoded(key.Bytes())}}, nil
	}
	return [][2]string{{"kty", "oct"}, {"k", encoded(m.secret)}}, nil
}

func rsaParts(key *rsa.PublicKey) [][2]string {
	return [][2]string{{"kty", "RSA"}, {"n", encoded(key.N.Bytes())}, {"e", encoded(big.NewInt(int64(key.E)).Bytes())}}
}

func rsaPrivateParts(key *rsa.PrivateKey) [][2]string {
	return [][2]string{
		{"d", encoded(key.D.Bytes())}, {"p", encoded(key.Primes[0].Bytes())}, {"q", encoded(key.Primes[1].Bytes())},
		{"dp", encoded(key.Precomputed.Dp.Bytes())}, {"dq", encoded(key.Precomputed.Dq.Bytes())}, {"qi", encoded(key.Precomputed.Qinv.Bytes())},
	}
}

func ecParts(key *ecdsa.PublicKey) ([][2]string, error) {
	point, err := key.Bytes()
	if err != nil {
		return nil, err
	}
	n := len(point) / 2
	return [][2]string{{"kty", "EC"}, {"crv", key.Curve.Params().Name}, {"x", encoded(point[1 : 1+n])}, {"y", encoded(point[1+n:])}}, nil
}
