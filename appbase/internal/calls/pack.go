package calls

import (
	"bytes"
	"strconv"

	"github.com/dop251/goja"
)

// binary marks packed bytes; everything else is JSON, which never begins with it.
const binary = 0

// Pack is a value as it can be kept: bytes as they are, everything else as JSON. What has no such form, and what is longer than
// most bytes, is thrown at the author.
func (c *Caller) Pack(v goja.Value, most int) []byte {
	packed := c.pack(v)
	if len(packed) > most {
		panic(c.Runtime.Reason(&tooLong{len(packed), most}))
	}
	return packed
}

func (c *Caller) pack(v goja.Value) []byte {
	if data, ok := c.Bytes(v); ok {
		return append([]byte{binary}, data...)
	}
	text, err := c.Encode(v)
	if err != nil {
		c.Runtime.Throw(err)
	}
	if text == "" {
		c.Refuse("%s cannot be kept: it has no JSON form", Show(v))
	}
	return []byte(text)
}

type tooLong struct{ bytes, most int }

func (e *tooLong) Error() string {
	return "the value has " + strconv.Itoa(e.bytes) + " bytes; at most " + strconv.Itoa(e.most) + " can be kept"
}

// Unpack is the value that was packed. Each call makes a new one.
func (c *Caller) Unpack(packed []byte) goja.Value {
	if len(packed) == 0 || packed[0] != binary {
		return c.Decode(string(packed))
	}
	vm := c.Runtime.VM()
	array, err := vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(bytes.Clone(packed[1:]))))
	if err != nil {
		c.Runtime.Throw(err)
	}
	return array
}
