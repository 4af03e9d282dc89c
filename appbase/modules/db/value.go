package db

import (
	"bytes"
	"math"
	"math/big"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

const maxSafe = 1<<53 - 1

// toSQL is a parameter as the store takes it. What has no place in SQL is thrown at the author.
func (o *object) toSQL(v goja.Value, n int) any {
	switch {
	case goja.IsNull(v):
		return nil
	case v == nil || goja.IsUndefined(v):
		o.Refuse("parameter %d is undefined: use null for no value", n)
	}
	if object, ok := v.(*goja.Object); ok {
		return o.objectToSQL(object, n)
	}
	if _, ok := v.(*goja.Symbol); ok {
		o.Refuse("parameter %d is a symbol", n)
	}
	switch x := v.Export().(type) {
	case string:
		return v.String()
	case bool:
		return x
	case int64:
		return x
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			o.Refuse("parameter %d is %v, which no column can hold", n, x)
		}
		return x
	case *big.Int:
		if !x.IsInt64() {
			o.Refuse("parameter %d is a BigInt beyond 64 bits", n)
		}
		return x.Int64()
	}
	o.Refuse("parameter %d is %s", n, calls.Show(v))
	return nil
}

func (o *object) objectToSQL(object *goja.Object, n int) any {
	if data, ok := o.Bytes(object); ok {
		return bytes.Clone(data)
	}
	if at, ok := object.Export().(time.Time); ok && object.ClassName() == "Date" {
		return at.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	o.Refuse("parameter %d is %s: keep a part of it, or all of it as text with JSON.stringify", n, calls.Show(object))
	return nil
}

// fromSQL is a value of a row as a script sees it.
func (o *object) fromSQL(v any) goja.Value {
	vm := o.Runtime.VM()
	switch v := v.(type) {
	case nil:
		return goja.Null()
	case int64:
		if v > maxSafe || v < -maxSafe {
			return vm.ToValue(big.NewInt(v))
		}
	case time.Time:
		return vm.ToValue(v.UTC().Format("2006-01-02T15:04:05.000Z"))
	case []byte:
		array, err := vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(v)))
		if err != nil {
			o.Runtime.Throw(err)
		}
		return array
	}
	return vm.ToValue(v)
}

func (o *object) row(columns []string, values []any) *goja.Object {
	made := o.Runtime.VM().NewObject()
	for i, name := range columns {
		_ = made.DefineDataProperty(name, o.fromSQL(values[i]), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return made
}
