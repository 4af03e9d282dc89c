package jsonrpc

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The examples of the specification, section 7, and what else comes from outside.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		`{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}`:             `1 subtract [42,23]`,
		`{"jsonrpc":"2.0","method":"subtract","params":{"a":23},"id":"x"}`:          `"x" subtract {"a":23}`,
		`{"jsonrpc":"2.0","method":"update"}`:                                       ` update `,
		` [{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b","id":-2}] `: `batch  a ; -2 b `,
		`{"jsonrpc":"2.0","method":"foobar, "params":"bar","baz]`:                   `error -32700`,
		``:    `error -32700`,
		`[]`:  `error -32600`,
		`[1]`: `batch null invalid a call is an object`,
		`1`:   `null invalid a call is an object`,
		`{"jsonrpc":"2.0","method":1,"params":"bar"}`:          `null invalid method is not a text`,
		`{"jsonrpc":"2.0","id":7}`:                             `7 invalid method is not a text`,
		`{"jsonrpc":"2.0","method":null,"id":7}`:               `7 invalid method is not a text`,
		`{"jsonrpc":"2.0","method":"a","params":"bar","id":7}`: `7 invalid params is neither an object nor an array`,
		`{"jsonrpc":"2.0","method":"a","params":null,"id":7}`:  `7 invalid params is neither an object nor an array`,
		`{"jsonrpc":2.0,"method":"a","id":7}`:                  `7 invalid jsonrpc is not "2.0"`,
		`{"jsonrpc":"2.0","method":"a","id":{}}`:               `null invalid an id is a text or a number of at most 128 bytes`,
		`{"jsonrpc":"2.0","method":"a","id":null}`:             `null invalid an id is a text or a number of at most 128 bytes`,
		`[` + strings.Repeat(`1,`, 100) + `1]`:                 `error -32600`,
	} {
		calls, batch, err := Parse(text)
		if got := show(calls, batch, err); got != want {
			t.Errorf("%.80s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func show(calls []Call, batch bool, err *Error) string {
	if err != nil {
		return fmt.Sprint("error ", err.Code)
	}
	var list []string
	for _, c := range calls {
		if c.Err != nil {
			list = append(list, fmt.Sprintf("%s invalid %s", c.ID, c.Err.Message))
		} else {
			list = append(list, fmt.Sprintf("%s %s %s", c.ID, c.Method, c.Params))
		}
	}
	text := strings.Join(list, "; ")
	if batch {
		text = "batch " + text
	}
	return text
}

func TestAnswers(t *testing.T) {
	for got, want := range map[string]string{
		Result(json.RawMessage(`1`), `[2]`):                          `{"jsonrpc":"2.0","id":1,"result":[2]}`,
		Failure(nil, &Error{Code: -32700, Message: "no <JSON>"}):     `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no <JSON>"}}`,
		Notification("$/x", `{}`):                                    `{"jsonrpc":"2.0","method":"$/x","params":{}}`,
		Batch([]string{"1", "2"}):                                    `[1,2]`,
		Failure(json.RawMessage(`2`), &Error{1, "m", []byte(`"d"`)}): `{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"m","data":"d"}}`,
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"jsonrpc":"2.0","method":"a","params":[1],"id":1}`)
	f.Add(`[{"jsonrpc":"2.0","method":"a"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		calls, _, err := Parse(text)
		if (err == nil) == (len(calls) == 0) {
			t.Fatalf("%d calls and %v", len(calls), err)
		}
		for _, c := range calls {
			if c.Err == nil && c.Method == "" || c.ID != nil && !json.Valid(c.ID) || c.Params != nil && !json.Valid(c.Params) {
				t.Errorf("%+v", c)
			}
		}
	})
}
