package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math"
	"math/big"
)

func encrypt(r *request) (func() (any, error), error) { return crypt(r, true) }

func decrypt(r *request) (func() (any, error), error) { return crypt(r, false) }

// crypt encrypts or decrypts by the algorithm's name. Whatever is wrong with a message is the same error, so that nobody
// learns from it.
func crypt(r *request, forward bool) (func() (any, error), error) {
	key, data := r.material("material"), r.bytes("data")
	switch r.text("name") {
	case "AES-GCM":
		return gcm(r, key.secret, data, forward)
	case "AES-CBC":
		return cbc(r, key.secret, data, forward)
	case "AES-CTR":
		return ctr(r, key.secret, data)
	case "AES-KW":
		return keyWrap(key.secret, data, forward)
	}
	return oaep(r, key, data, forward)
}

var errDecrypt = fail("OperationError", "decryption failed")

func block(key []byte) (cipher.Block, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fail("OperationError", "the key cannot be used: %s", err)
	}
	return b, nil
}

// gcm is AES-GCM (Web Cryptography, 29). Tags of 96 to 128 bits with the usual nonce of 12 bytes; another nonce needs the
// whole tag.
func gcm(r *request, key, data []byte, forward bool) (func() (any, error), error) {
	iv, extra, tag := r.bytes("iv"), r.bytes("additionalData"), r.number("tagLength", 128)
	b, err := block(key)
	if err != nil {
		return nil, err
	}
	mode, err := gcmMode(b, len(iv), tag)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		if forward {
			return mode.Seal(nil, iv, data, extra), nil
		}
		plain, err := mode.Open(nil, iv, data, extra)
		if err != nil {
			return nil, errDecrypt
		}
		return notNil(plain), nil
	}, nil
}

func gcmMode(b cipher.Block, ivBytes, tagBits int) (cipher.AEAD, error) {
	switch {
	case tagBits%8 != 0 || tagBits > 128 || tagBits < 96:
		return nil, fail("OperationError", "a tag has 96, 104, 112, 120 or 128 bits here, not %d", tagBits)
	case ivBytes == 0:
		return nil, fail("OperationError", "the iv of AES-GCM must not be empty")
	case tagBits == 128:
		return cipher.NewGCMWithNonceSize(b, ivBytes)
	case ivBytes == 12:
		return cipher.NewGCMWithTagSize(b, tagBits/8)
	}
	return nil, fail("OperationError", "an iv of %d bytes needs a tag of 128 bits", ivBytes)
}

// cbc is AES-CBC with the padding of RFC 2315.
func cbc(r *request, key, data []byte, forward bool) (func() (any, error), error) {
	iv := r.bytes("iv")
	if len(iv) != aes.BlockSize {
		return nil, fail("OperationError", "the iv of AES-CBC has 16 bytes, not %d", len(iv))
	}
	b, err := block(key)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		if forward {
			n := aes.BlockSize - len(data)%aes.BlockSize
			for range n {
				data = append(data, byte(n))
			}
			cipher.NewCBCEncrypter(b, iv).CryptBlocks(data, data)
			return data, nil
		}
		if len(data) == 0 || len(data)%aes.BlockSize != 0 {
			return nil, errDecrypt
		}
		cipher.NewCBCDecrypter(b, iv).CryptBlocks(data, data)
		return unpad(data)
	}, nil
}

// unpad checks the padding without telling by its time where it is wrong.
func unpad(data []byte) (any, error) {
	n := int(data[len(data)-1])
	good := subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, aes.BlockSize)
	for i := 1; i <= aes.BlockSize; i++ {
		inside := subtle.ConstantTimeLessOrEq(i, n)
		right := subtle.ConstantTimeByteEq(data[len(data)-i], byte(n))
		good &= subtle.ConstantTimeSelect(inside, right, 1)
	}
	if good != 1 {
		return nil, errDecrypt
	}
	return data[:len(data)-n], nil
}

// ctr is AES-CTR, whose counter is the last bits of the block and wraps round within them.
func ctr(r *request, key, data []byte) (func() (any, error), error) {
	counter, bits := r.bytes("counter"), r.number("length", 0)
	if len(counter) != aes.BlockSize {
		return nil, fail("OperationError", "the counter of AES-CTR has 16 bytes, not %d", len(counter))
	}
	if bits < 1 || bits > 128 {
		return nil, fail("OperationError", "the length of AES-CTR's counter is from 1 to 128 bits, not %d", bits)
	}
	b, err := block(key)
	if err != nil {
		return nil, err
	}
	blocks := (len(data) + aes.BlockSize - 1) / aes.BlockSize
	if bits < 32 && blocks > 1<<bits {
		return nil, fail("OperationError", "the message is too long for a counter of %d bits", bits)
	}
	return func() (any, error) {
		before := min(untilWrap(counter, bits), len(data))
		cipher.NewCTR(b, counter).XORKeyStream(data[:before], data[:before])
		if before < len(data) {
			cipher.NewCTR(b, wrapped(counter, bits)).XORKeyStream(data[before:], data[before:])
		}
		return notNil(data), nil
	}, nil
}

// untilWrap is how many bytes the counter counts before it is all zeros again.
func untilWrap(counter []byte, bits int) int {
	size := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	at := new(big.Int).Mod(new(big.Int).SetBytes(counter), size)
	left := size.Sub(size, at)
	if left.BitLen() > 40 {
		return math.MaxInt
	}
	return int(left.Int64()) * aes.BlockSize
}

// wrapped is the counter with its bits zero.
func wrapped(counter []byte, bits int) []byte {
	value := new(big.Int).SetBytes(counter)
	value.Rsh(value, uint(bits)).Lsh(value, uint(bits))
	return value.FillBytes(make([]byte, aes.BlockSize))
}

func notNil(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

const wrapIV = 0xa6a6a6a6a6a6a6a6

// keyWrap is AES key wrap (RFC 3394, 2.2).
func keyWrap(key, data []byte, forward bool) (func() (any, error), error) {
	b, err := block(key)
	if err != nil {
		return nil, err
	}
	if forward && (len(data) < 16 || len(data)%8 != 0) {
		return nil, fail("OperationError", "AES-KW wraps keys of 16 bytes or more, in steps of 8, not %d", len(data))
	}
	if !forward && (len(data) < 24 || len(data)%8 != 0) {
		return nil, errDecrypt
	}
	return func() (any, error) {
		if forward {
			return wrap(b, data), nil
		}
		return unwrap(b, data)
	}, nil
}

func wrap(b cipher.Block, data []byte) []byte {
	out := make([]byte, 8+len(data))
	copy(out[8:], data)
	var buffer [16]byte
	binary.BigEndian.PutUint64(buffer[:8], wrapIV)
	n := len(data) / 8
	for j := range 6 {
		for i := 1; i <= n; i++ {
			copy(buffer[8:], out[8*i:])
			b.Encrypt(buffer[:], buffer[:])
			head := binary.BigEndian.Uint64(buffer[:8]) ^ uint64(n*j+i)
			binary.BigEndian.PutUint64(buffer[:8], head)
			copy(out[8*i:], buffer[8:])
		}
	}
	copy(out, buffer[:8])
	return out
}

func unwrap(b cipher.Block, data []byte) (any, error) {
	var buffer [16]byte
	copy(buffer[:8], data)
	n := len(data)/8 - 1
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			head := binary.BigEndian.Uint64(buffer[:8]) ^ uint64(n*j+i)
			binary.BigEndian.PutUint64(buffer[:8], head)
			copy(buffer[8:], data[8*i:])
			b.Decrypt(buffer[:], buffer[:])
			copy(data[8*i:], buffer[8:])
		}
	}
	if binary.BigEndian.Uint64(buffer[:8]) != wrapIV {
		return nil, errDecrypt
	}
	return data[8:], nil
}
