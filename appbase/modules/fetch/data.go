package fetch

import (
	"encoding/base64"
	"strconv"
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
	body = unescape(body)
	data = []byte(body)
	trimmed := strings.Trim(kind, "\t\n\f\r ")
	if i := strings.LastIndexByte(trimmed, ';'); i >= 0 && strings.EqualFold(strings.TrimLeft(trimmed[i+1:], " "), "base64") {
		var err error
		kind = trimmed[:i]
		if data, err = forgiving(body); err != nil {
			return "", nil, false
		}
	}
	if strings.HasPrefix(kind, ";") {
		kind = "text/plain" + kind
	}
	if kind = mediaType(kind); kind == "" {
		kind = "text/plain;charset=US-ASCII"
	}
	return kind, data, true
}

// unescape undoes percent-encoding; a percent sign that begins none stands for itself (URL standard, 1.3).
func unescape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if c, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// forgiving is base64 with white space and without the need for padding (Infra standard, 7).
func forgiving(text string) ([]byte, error) {
	text = strings.Join(strings.Fields(text), "")
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	return base64.RawStdEncoding.DecodeString(text)
}
