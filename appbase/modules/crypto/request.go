package crypto

import (
	"math"

	"github.com/dop251/goja"
)

// request reads the parameters of one operation from an object of the server's own script. What is not there is empty.
type request struct {
	object *goja.Object
	size   int64 // of all bytes that were copied
	heavy  bool  // takes long whatever its size
	err    error // the first that reading met
}

func (r *request) value(name string) goja.Value {
	value := r.object.Get(name)
	if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
		return nil
	}
	return value
}

func (r *request) text(name string) string {
	if value := r.value(name); value != nil {
		return value.String()
	}
	return ""
}

// number is an integer that the script has checked; missing when there is none.
func (r *request) number(name string, missing int) int {
	if value := r.value(name); value != nil {
		return int(min(value.ToInteger(), math.MaxInt32))
	}
	return missing
}

// bytes copies what a view shows: [buffer, offset, length]. It is nil only when the parameter is missing.
func (r *request) bytes(name string) []byte {
	view, ok := r.value(name).(*goja.Object)
	if !ok {
		return nil
	}
	object, _ := view.Get("0").(*goja.Object)
	if object == nil {
		return []byte{}
	}
	buffer, ok := object.Export().(goja.ArrayBuffer)
	if !ok || buffer.Detached() {
		return []byte{}
	}
	all, offset, length := buffer.Bytes(), view.Get("1").ToInteger(), view.Get("2").ToInteger()
	if offset < 0 || length < 0 || offset+length > int64(len(all)) {
		return []byte{}
	}
	if r.size += length; r.size > maxPendingBytes {
		r.err = fail("OperationError", "the operation takes at most %d bytes", maxPendingBytes)
		return []byte{}
	}
	return append(make([]byte, 0, length), all[offset:offset+length]...)
}

// material is the key of a handle.
func (r *request) material(name string) *material {
	if object, ok := r.value(name).(*goja.Object); ok {
		if m, ok := object.Export().(*material); ok {
			return m
		}
	}
	r.err = fail("OperationError", "the key is missing")
	return &material{}
}

// parts are the texts of a JSON Web Key.
func (r *request) parts(name string) map[string]string {
	found := map[string]string{}
	object, ok := r.value(name).(*goja.Object)
	if !ok {
		return found
	}
	for _, key := range object.Keys() {
		found[key] = object.Get(key).String()
		r.size += int64(len(found[key]))
	}
	return found
}

// material is what a key is made of: one of its fields.
type material struct {
	secret  []byte
	private any // *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey or *ecdh.PrivateKey
	public  any // the same of public keys
}

// imported is a key with what its algorithm tells of it.
type imported struct {
	*material
	bits     int    // of a secret, or of an RSA modulus
	exponent []byte // of RSA, big-endian
}
