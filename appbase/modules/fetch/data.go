package fetch

import (
	"encoding/base64"
	"mime"
	"net/url"
	"strings"

	"github.com/dop251/goja"
)

// data(url) is [type, ArrayBuffer] of a data: URL, or null (Fetch standard, 6).
func (c *client) data(call goja.FunctionCall) goja.Value {
	kind, bytes, ok := parseData(call.Argument(0).String())
	if !ok {
		return goja.Null()
	}
	vm := c.rt.VM()
	return vm.NewArray(kind, vm.ToValue(vm.NewArrayBuffer(bytes)))
}

func parseData(text string) (kind string, data []byte, ok bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "data:"), "#")
	kind, body, ok := strings.Cut(text, ",")
	if !ok {
		return "", nil, false
	}
	body, err := url.PathUnescape(body)
	if err != nil {
		return "", nil, false
	}
	data = []byte(body)
	trimmed := strings.TrimRight(kind, " ")
	if i := strings.LastIndexByte(trimmed, ';'); i >= 0 && strings.EqualFold(strings.TrimSpace(trimmed[i+1:]), "base64") {
		kind = trimmed[:i]
		if data, err = forgiving(body); err != nil {
			return "", nil, false
		}
	}
	if strings.HasPrefix(kind, ";") {
		kind = "text/plain" + kind
	}
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		kind = "text/plain;charset=US-ASCII"
	}
	return kind, data, true
}

// forgiving is base64 with white space and without the need for padding (Infra standard, 7).
func forgiving(text string) ([]byte, error) {
	text = strings.Join(strings.Fields(text), "")
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	return base64.RawStdEncoding.DecodeString(text)
}
