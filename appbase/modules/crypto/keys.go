package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"strings"
)

// Bounds of keys.
const (
	maxSecretBytes   = 1 << 20
	minModulus       = 1024 // below, the library refuses
	maxModulus       = 8192
	maxMadeModulus   = 4096 // making a longer one takes a processor for half a minute
	standardExponent = 65537
)

// curveOf is an elliptic curve by its name; nil when there is none.
func curveOf(name string) elliptic.Curve {
	switch name {
	case "P-256":
		return elliptic.P256()
	case "P-384":
		return elliptic.P384()
	case "P-521":
		return elliptic.P521()
	}
	return nil
}

func generate(r *request) (func() (any, error), error) {
	name := r.text("name")
	switch {
	case strings.HasPrefix(name, "RSA"):
		return generateRSA(r)
	case name == "ECDSA" || name == "ECDH":
		curve := curveOf(r.text("namedCurve"))
		return func() (any, error) {
			key, err := ecdsa.GenerateKey(curve, rand.Reader)
			if err != nil {
				return nil, err
			}
			return []*material{{public: &key.PublicKey}, {private: key}}, nil
		}, nil
	case name == "Ed25519":
		return func() (any, error) {
			public, private, err := ed25519.GenerateKey(rand.Reader)
			return []*material{{public: public}, {private: private}}, err
		}, nil
	case name == "X25519":
		return func() (any, error) {
			key, err := ecdh.X25519().GenerateKey(rand.Reader)
			if err != nil {
				return nil, err
			}
			return []*material{{public: key.PublicKey()}, {private: key}}, nil
		}, nil
	}
	return generateSecret(r)
}

func generateSecret(r *request) (func() (any, error), error) {
	bits := r.number("length", 0)
	if bits > 8*maxSecretBytes {
		return nil, fail("OperationError", "a secret has at most %d bits, not %d", 8*maxSecretBytes, bits)
	}
	return func() (any, error) {
		secret := make([]byte, (bits+7)/8)
		_, err := rand.Read(secret)
		if rest := bits % 8; rest != 0 {
			secret[len(secret)-1] &= ^byte(0xff >> rest)
		}
		return &material{secret: secret}, err
	}, nil
}

func generateRSA(r *request) (func() (any, error), error) {
	bits := r.number("modulusLength", 0)
	r.heavy = true
	if bits < minModulus || bits > maxMadeModulus || bits%8 != 0 {
		return nil, fail("OperationError", "a modulus that is made here has %d to %d bits, in steps of 8, not %d", minModulus, maxMadeModulus, bits)
	}
	if r.number("exponent", 0) != standardExponent {
		return nil, fail("OperationError", "the public exponent of keys made here is 65537")
	}
	return func() (any, error) {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			return nil, err
		}
		return []*material{{public: &key.PublicKey}, {private: key}}, nil
	}, nil
}

func importKey(r *request) (func() (any, error), error) {
	format, name, kind, curve := r.text("format"), r.text("name"), r.text("type"), r.text("namedCurve")
	data, jwk, length := r.bytes("data"), r.parts("jwk"), r.number("length", -1)
	if kind == "secret" {
		return func() (any, error) { return importSecret(name, data, jwk["k"], format, length) }, nil
	}
	r.heavy = strings.HasPrefix(name, "RSA") && kind == "private"
	return func() (any, error) {
		key, err := readKey(format, name, curve, data, jwk)
		if err != nil {
			return nil, err
		}
		return checked(key, name, kind, curve)
	}, nil
}

// importSecret takes the bytes of a key. A length shortens a key of HMAC by less than a byte.
func importSecret(name string, data []byte, text, format string, length int) (any, error) {
	if format == "jwk" {
		var err error
		if data, err = base64URL("k", text); err != nil {
			return nil, err
		}
	}
	bits := 8 * len(data)
	switch {
	case len(data) > maxSecretBytes:
		return nil, fail("DataError", "a secret has at most %d bytes, not %d", maxSecretBytes, len(data))
	case strings.HasPrefix(name, "AES-") && bits != 128 && bits != 192 && bits != 256:
		return nil, fail("DataError", "a key of %s has 128, 192 or 256 bits, not %d", name, bits)
	case name == "HMAC" && bits == 0:
		return nil, fail("DataError", "a key of HMAC has at least one bit")
	case name == "HMAC" && length >= 0 && (length > bits || length <= bits-8):
		return nil, fail("DataError", "the key has %d bits, not %d", bits, length)
	case name == "HMAC" && length >= 0:
		bits = length
	}
	return imported{material: &material{secret: data}, bits: bits}, nil
}

// readKey gives a key of the library; what cannot be read is a DataError.
func readKey(format, name, curve string, data []byte, jwk map[string]string) (any, error) {
	var key any
	var err error
	switch format {
	case "spki":
		key, err = x509.ParsePKIXPublicKey(data)
	case "pkcs8":
		key, err = x509.ParsePKCS8PrivateKey(data)
	case "raw":
		key, err = rawPublic(name, curve, data)
	default:
		return fromJWK(name, jwk)
	}
	if err != nil {
		return nil, fail("DataError", "the key cannot be read as %s", format)
	}
	return key, nil
}

func rawPublic(name, curve string, data []byte) (any, error) {
	switch name {
	case "Ed25519":
		if len(data) != ed25519.PublicKeySize {
			return nil, fail("DataError", "a public key of Ed25519 has 32 bytes")
		}
		return ed25519.PublicKey(data), nil
	case "X25519":
		return ecdh.X25519().NewPublicKey(data)
	}
	c := curveOf(curve)
	if n := (c.Params().BitSize + 7) / 8; len(data) == n+1 && (data[0] == 2 || data[0] == 3) {
		if x, y := elliptic.UnmarshalCompressed(c, data); x != nil {
			return ecPublic(c, x, y)
		}
	}
	return ecdsa.ParseUncompressedPublicKey(c, data)
}

// ecPublic is a point that must lie on the curve.
func ecPublic(c elliptic.Curve, x, y *big.Int) (*ecdsa.PublicKey, error) {
	n := (c.Params().BitSize + 7) / 8
	if x.BitLen() > 8*n || y.BitLen() > 8*n {
		return nil, fail("DataError", "the point is not on the curve")
	}
	point := make([]byte, 1+2*n)
	point[0] = 4
	x.FillBytes(point[1 : 1+n])
	y.FillBytes(point[1+n:])
	return ecdsa.ParseUncompressedPublicKey(c, point)
}

// checked compares a key with what it was imported as.
func checked(key any, name, kind, curve string) (any, error) {
	wrong := fail("DataError", "the key is no %s key of %s", kind, name)
	m := &material{}
	switch key := key.(type) {
	case *rsa.PublicKey:
		m.public = key
		return checkedRSA(m, key, name, kind == "public")
	case *rsa.PrivateKey:
		m.private = key
		return checkedRSA(m, &key.PublicKey, name, kind == "private")
	case *ecdsa.PublicKey:
		m.public = key
		return imported{material: m}, unless((name == "ECDSA" || name == "ECDH") && kind == "public" && key.Curve == curveOf(curve), wrong)
	case *ecdsa.PrivateKey:
		m.private = key
		return imported{material: m}, unless((name == "ECDSA" || name == "ECDH") && kind == "private" && key.Curve == curveOf(curve), wrong)
	case ed25519.PublicKey:
		m.public = key
		return imported{material: m}, unless(name == "Ed25519" && kind == "public", wrong)
	case ed25519.PrivateKey:
		m.private = key
		return imported{material: m}, unless(name == "Ed25519" && kind == "private", wrong)
	case *ecdh.PublicKey:
		m.public = key
		return imported{material: m}, unless(name == "X25519" && kind == "public" && key.Curve() == ecdh.X25519(), wrong)
	case *ecdh.PrivateKey:
		m.private = key
		return imported{material: m}, unless(name == "X25519" && kind == "private" && key.Curve() == ecdh.X25519(), wrong)
	}
	return nil, wrong
}

func checkedRSA(m *material, key *rsa.PublicKey, name string, fits bool) (any, error) {
	if !fits || !strings.HasPrefix(name, "RSA") {
		return nil, fail("DataError", "the key is of another kind than %s", name)
	}
	if bits := key.N.BitLen(); bits < minModulus || bits > maxModulus {
		return nil, fail("DataError", "a modulus has %d to %d bits, not %d", minModulus, maxModulus, bits)
	}
	exponent := big.NewInt(int64(key.E)).Bytes()
	return imported{material: m, bits: key.N.BitLen(), exponent: exponent}, nil
}

func unless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}
