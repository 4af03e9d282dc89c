package crypto

import (
	gocrypto "crypto"
	"crypto/hmac"
	_ "crypto/sha1"   // SHA-1, which the standard has
	_ "crypto/sha256" // SHA-256
	_ "crypto/sha512" // SHA-384, SHA-512
	"hash"
)

// hashOf is a hash function by the standard's name; the script knows no others.
func hashOf(name string) gocrypto.Hash {
	switch name {
	case "SHA-1":
		return gocrypto.SHA1
	case "SHA-384":
		return gocrypto.SHA384
	case "SHA-512":
		return gocrypto.SHA512
	}
	return gocrypto.SHA256
}

func sumOf(h gocrypto.Hash, data []byte) []byte {
	state := h.New()
	state.Write(data)
	return state.Sum(nil)
}

func digest(r *request) (func() (any, error), error) {
	h, data := hashOf(r.text("hash")), r.bytes("data")
	return func() (any, error) { return sumOf(h, data), nil }, nil
}

func mac(h gocrypto.Hash, key, data []byte) []byte {
	state := hmac.New(func() hash.Hash { return h.New() }, key)
	state.Write(data)
	return state.Sum(nil)
}
