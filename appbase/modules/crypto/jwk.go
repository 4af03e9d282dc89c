package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/subtle"
	"errors"
	"math/big"
	"strings"
)

// fromJWK makes a key of the parts of a JSON Web Key (RFC 7518, 6; RFC 8037, 2), whose kty and crv were checked.
func fromJWK(name string, jwk map[string]string) (any, error) {
	p := &parts{texts: jwk}
	var key any
	var err error
	switch {
	case strings.HasPrefix(name, "RSA"):
		key, err = p.rsa()
	case name == "ECDSA" || name == "ECDH":
		key, err = p.ec()
	default:
		key, err = p.okp(name)
	}
	var known *failure
	switch {
	case p.err != nil:
		return nil, p.err
	case errors.As(err, &known):
		return nil, err
	case err != nil:
		return nil, fail("DataError", "the JSON Web Key is no valid key of %s", name)
	}
	return key, nil
}

// parts decodes the texts of a JSON Web Key and keeps the first error.
type parts struct {
	texts map[string]string
	err   error
}

func (p *parts) has(name string) bool { _, ok := p.texts[name]; return ok }

func (p *parts) bytes(name string) []byte {
	data, err := base64URL(name, p.texts[name])
	if err == nil && len(data) == 0 {
		err = fail("DataError", "the JSON Web Key has no %s", name)
	}
	if err != nil && p.err == nil {
		p.err = err
	}
	return data
}

func (p *parts) number(name string) *big.Int { return new(big.Int).SetBytes(p.bytes(name)) }

func (p *parts) rsa() (any, error) {
	n, e := p.number("n"), p.number("e")
	if p.err != nil {
		return nil, p.err
	}
	if !e.IsInt64() || e.Int64() > 1<<31-1 || e.Int64() < 3 || e.Bit(0) == 0 || n.BitLen() > maxModulus {
		return nil, fail("DataError", "the modulus or the exponent is out of bounds")
	}
	public := rsa.PublicKey{N: n, E: int(e.Int64())}
	if !p.has("d") {
		return &public, nil
	}
	if !p.has("p") || !p.has("q") {
		p.err = fail("NotSupportedError", "a private key of RSA needs its primes")
		return nil, p.err
	}
	key := &rsa.PrivateKey{PublicKey: public, D: p.number("d"), Primes: []*big.Int{p.number("p"), p.number("q")}}
	for _, name := range []string{"dp", "dq", "qi"} {
		p.number(name)
	}
	if p.err != nil {
		return nil, p.err
	}
	if err := key.Validate(); err != nil {
		return nil, err
	}
	key.Precompute()
	return key, nil
}

func (p *parts) ec() (any, error) {
	c := curveOf(p.texts["crv"])
	x, y := p.bytes("x"), p.bytes("y")
	if n := (c.Params().BitSize + 7) / 8; p.err == nil && (len(x) != n || len(y) != n) {
		return nil, fail("DataError", "x and y must be as long as the curve")
	}
	if p.err != nil {
		return nil, p.err
	}
	public, err := ecPublic(c, new(big.Int).SetBytes(x), new(big.Int).SetBytes(y))
	if err != nil || !p.has("d") {
		return public, err
	}
	private, err := ecdsa.ParseRawPrivateKey(c, p.bytes("d"))
	if err == nil && !private.PublicKey.Equal(public) {
		err = fail("DataError", "the private and the public part do not belong together")
	}
	return private, err
}

func (p *parts) okp(name string) (any, error) {
	x := p.bytes("x")
	if p.err != nil || len(x) != 32 {
		return nil, fail("DataError", "x must have 32 bytes")
	}
	if !p.has("d") {
		return rawPublic(name, "", x)
	}
	d := p.bytes("d")
	if len(d) != 32 {
		return nil, fail("DataError", "d must have 32 bytes")
	}
	if name == "Ed25519" {
		private := ed25519.NewKeyFromSeed(d)
		public, _ := private.Public().(ed25519.PublicKey)
		return private, belong(public, x)
	}
	private, err := ecdh.X25519().NewPrivateKey(d)
	if err != nil {
		return nil, err
	}
	return private, belong(private.PublicKey().Bytes(), x)
}

func belong(derived, given []byte) error {
	return unless(subtle.ConstantTimeCompare(derived, given) == 1, fail("DataError", "the private and the public part do not belong together"))
}
