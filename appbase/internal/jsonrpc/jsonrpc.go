// Package jsonrpc reads and writes the messages of JSON-RPC 2.0 (https://www.jsonrpc.org/specification). It knows no
// method and does no I/O; what it returns may be used from any goroutine.
package jsonrpc

import (
	"bytes"
	"encoding/json"
	"strings"
)

// The codes of the specification (section 5.1).
const (
	CodeParse          = -32700
	CodeInvalidRequest = -32600
	CodeNoMethod       = -32601
	CodeInvalidParams  = -32602
	CodeInternal       = -32603
)

// MaxBatch is how many calls one batch may have.
const MaxBatch = 100

// MaxIDBytes is the length of the longest id, as JSON.
const MaxIDBytes = 128

// Error is the error member of an answer.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Error says code and message.
func (e *Error) Error() string { return e.Message }

// Call is one request, or a notification, which has no ID and gets no answer. One that is malformed has Err instead of a
// method; it is answered with that.
type Call struct {
	ID     json.RawMessage // a JSON text or number; nil: a notification
	Method string
	Params json.RawMessage // a JSON object or array; nil: none
	Err    *Error
}

// Parse reads one message: a call, or a batch of 1 to 100. The error is to be answered with the id null; then there are no
// calls.
func Parse(text string) (calls []Call, batch bool, err *Error) {
	data := []byte(text)
	if !json.Valid(data) {
		return nil, false, &Error{Code: CodeParse, Message: "the message is not JSON"}
	}
	data = bytes.TrimLeft(data, " \t\r\n")
	if data[0] != '[' {
		return []Call{parseCall(data)}, false, nil
	}
	var items []json.RawMessage
	if e := json.Unmarshal(data, &items); e != nil || len(items) == 0 || len(items) > MaxBatch {
		return nil, false, &Error{Code: CodeInvalidRequest, Message: "a batch has 1 to 100 calls"}
	}
	for _, item := range items {
		calls = append(calls, parseCall(item))
	}
	return calls, true, nil
}

// wire is a call as it is written.
type wire struct {
	Version json.RawMessage `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  json.RawMessage `json:"method"`
	Params  json.RawMessage `json:"params"`
}

var null = json.RawMessage("null")

func parseCall(data []byte) Call {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return invalid(nil, "a call is an object")
	}
	if w.ID != nil && !validID(w.ID) {
		return invalid(nil, "an id is a text or a number of at most 128 bytes")
	}
	c := Call{ID: w.ID, Params: w.Params}
	switch {
	case string(w.Version) != `"2.0"`:
		return invalid(w.ID, `jsonrpc is not "2.0"`)
	case json.Unmarshal(w.Method, &c.Method) != nil || c.Method == "":
		return invalid(w.ID, "method is not a text")
	case w.Params != nil && w.Params[0] != '{' && w.Params[0] != '[':
		return invalid(w.ID, "params is neither an object nor an array")
	}
	return c
}

// validID: null is allowed by the specification but cannot be told from "unknown"; it is refused here.
func validID(id json.RawMessage) bool {
	return len(id) <= MaxIDBytes && (id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9')
}

func invalid(id json.RawMessage, why string) Call {
	if id == nil {
		id = null
	}
	return Call{ID: id, Err: &Error{Code: CodeInvalidRequest, Message: why}}
}

// Result is the answer to a call; result is JSON.
func Result(id json.RawMessage, result string) string {
	return `{"jsonrpc":"2.0","id":` + string(id) + `,"result":` + result + `}`
}

// Failure is the answer to a call that failed; a nil id is null.
func Failure(id json.RawMessage, e *Error) string {
	if id == nil {
		id = null
	}
	return `{"jsonrpc":"2.0","id":` + string(id) + `,"error":` + Encode(e) + `}`
}

// Notification is a message that is not answered; params is JSON.
func Notification(method, params string) string {
	return `{"jsonrpc":"2.0","method":` + Encode(method) + `,"params":` + params + `}`
}

// Batch puts answers together.
func Batch(answers []string) string { return "[" + strings.Join(answers, ",") + "]" }

// Encode is the JSON of a value that has one; HTML is not escaped.
func Encode(value any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}
