package crypto

import (
	gocrypto "crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"hash"
)

// Bounds of what is derived. An iteration of PBKDF2 is some 0.3 us.
const (
	maxIterations  = 10_000_000 // over all blocks of the output
	maxDerivedBits = 8 << 20
)

func derive(r *request) (func() (any, error), error) {
	key, bits := r.material("material"), r.number("bits", -1)
	if bits > maxDerivedBits {
		return nil, fail("OperationError", "at most %d bits can be derived, not %d", maxDerivedBits, bits)
	}
	h := hashOf(r.text("hash"))
	switch r.text("name") {
	case "HKDF":
		return deriveHKDF(r, key.secret, h, bits/8)
	case "PBKDF2":
		return derivePBKDF2(r, key.secret, h, bits/8)
	}
	return agree(key, r.material("public"), bits)
}

func deriveHKDF(r *request, secret []byte, h gocrypto.Hash, n int) (func() (any, error), error) {
	salt, info := r.bytes("salt"), r.bytes("info")
	if n > 255*h.Size() {
		return nil, fail("OperationError", "HKDF gives at most %d bits with this hash", 255*h.Size()*8)
	}
	return func() (any, error) {
		out, err := hkdf.Key(func() hash.Hash { return h.New() }, secret, salt, string(info), n)
		return notNil(out), err
	}, nil
}

func derivePBKDF2(r *request, secret []byte, h gocrypto.Hash, n int) (func() (any, error), error) {
	salt, iterations := r.bytes("salt"), r.number("iterations", 0)
	if iterations == 0 {
		return nil, fail("OperationError", "PBKDF2 needs at least one iteration")
	}
	if blocks := (n + h.Size() - 1) / h.Size(); iterations > maxIterations || iterations*blocks > maxIterations {
		return nil, fail("OperationError", "PBKDF2 makes at most %d iterations over all of its output", maxIterations)
	}
	r.heavy = iterations > 100
	if n == 0 {
		return func() (any, error) { return []byte{}, nil }, nil
	}
	return func() (any, error) {
		return pbkdf2.Key(func() hash.Hash { return h.New() }, string(secret), salt, iterations, n)
	}, nil
}

// agree is ECDH and X25519. Without a length it is all of the secret.
func agree(key, other *material, bits int) (func() (any, error), error) {
	private, err := agreeing(key)
	if err != nil {
		return nil, err
	}
	public, err := agreeingPublic(other)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		secret, err := private.ECDH(public)
		if err != nil {
			return nil, fail("OperationError", "the keys have no common secret")
		}
		return firstBits(secret, bits)
	}, nil
}

func agreeing(m *material) (*ecdh.PrivateKey, error) {
	switch key := m.private.(type) {
	case *ecdh.PrivateKey:
		return key, nil
	case *ecdsa.PrivateKey:
		return key.ECDH()
	}
	return nil, fail("InvalidAccessError", "the key is no private key of a curve")
}

func agreeingPublic(m *material) (*ecdh.PublicKey, error) {
	switch key := m.public.(type) {
	case *ecdh.PublicKey:
		return key, nil
	case *ecdsa.PublicKey:
		return key.ECDH()
	}
	return nil, fail("InvalidAccessError", "the key is no public key of a curve")
}

// firstBits are the bits in front; those of the last byte that were not asked for are zero.
func firstBits(secret []byte, bits int) (any, error) {
	if bits < 0 {
		return secret, nil
	}
	if bits > 8*len(secret) {
		return nil, fail("OperationError", "the secret has %d bits, not %d", 8*len(secret), bits)
	}
	secret = secret[:(bits+7)/8]
	if rest := bits % 8; rest != 0 {
		secret[len(secret)-1] &= ^byte(0xff >> rest)
	}
	return secret, nil
}
