package appbase

import (
	"encoding/json"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// Codes of errors beside those of JSON-RPC itself (docs/protocol.md, Errors).
const (
	codeTimeout       = -32001 // the method took longer than its timeout
	codeForbidden     = -32003 // what authorizes said no
	codeNoTopic       = -32004 // no @Topic names it
	codeManyCalls     = -32005 // too many calls in flight on the connection
	codeManyTopics    = -32006 // too many topics, or no name for one
	codeNotSubscribed = -32007 // the connection is not on the topic
	codeReloaded      = -32008 // the app was reloaded or stopped before the call ended
	codeCancelled     = -32800 // by $/cancelRequest or $/unsubscribe
)

// maxLiveCalls is how many calls of one connection may be in flight.
const maxLiveCalls = 100

// liveStyle speaks the realtime protocol (docs/protocol.md): JSON-RPC 2.0 calls of the app's @Rpc methods, and beside
// them the protocol's own, whose names begin with "$/".
type liveStyle struct{}

// live is what the protocol keeps of one connection.
type live struct {
	box     *mailbox // of a connection of another worker, which has nothing else
	session *session
	greeted bool                 // $/hello was said
	calls   map[string]*liveCall // in flight, by id
	watched map[string]struct{}  // topics whose members' coming and going it wants to know
	asked   map[string]*bool     // topics that are being authorized: whether that was cancelled
}

func (liveStyle) open(c *Conn) {
	if c.live == nil {
		c.own().live = &live{calls: map[string]*liveCall{}, asked: map[string]*bool{}, watched: map[string]struct{}{}}
		return
	}
	for topic := range c.topics { // the new code may not know them any more
		if c.worker.host.Rule(topic) < 0 {
			c.unsubscribe(topic)
		}
	}
}

func (liveStyle) binary(c *Conn, _ []byte) {
	c.socket.Close(statusUnsupported, "the realtime protocol is text")
}

func (liveStyle) closed(c *Conn, code int, _ string) {
	if c.live == nil {
		return
	}
	for _, call := range c.live.calls {
		call.cancel("closed", nil)
	}
	c.worker.suspend(c, code)
}

func (liveStyle) text(c *Conn, text string) {
	calls, batch, err := jsonrpc.Parse(text)
	switch {
	case err != nil:
		c.socket.Send(jsonrpc.Failure(nil, err))
	case !batch:
		c.handleCall(calls[0], false, func(answer string) { c.socket.Send(answer) })
	default:
		c.handleAll(calls)
	}
}

// handleAll handles a batch: its answers go out together, when the last is there.
func (c *Conn) handleAll(calls []jsonrpc.Call) {
	waiting, answers := 0, []string(nil)
	for _, call := range calls {
		if call.ID != nil {
			waiting++
		}
	}
	collect := func(answer string) {
		answers = append(answers, answer)
		if waiting--; waiting == 0 {
			c.socket.Send(jsonrpc.Batch(answers))
		}
	}
	for _, call := range calls {
		c.handleCall(call, true, collect)
	}
}

// responder takes the outcome of a call: result is JSON.
type responder func(result string, err *jsonrpc.Error)

// handleCall handles one call. answer is called once, at once or later, unless the call is a notification.
func (c *Conn) handleCall(call jsonrpc.Call, batch bool, answer func(string)) {
	respond := func(result string, err *jsonrpc.Error) {
		switch {
		case call.ID == nil:
		case err != nil:
			answer(jsonrpc.Failure(call.ID, err))
		default:
			answer(jsonrpc.Result(call.ID, result))
		}
	}
	switch {
	case call.Err != nil:
		respond("", call.Err)
	case len(call.Method) > 2 && call.Method[:2] == "$/":
		c.protocol(call, batch, respond)
	default:
		c.callRPC(call, respond)
	}
}

// protocol handles the protocol's own methods.
func (c *Conn) protocol(call jsonrpc.Call, batch bool, respond responder) {
	method := c.ownMethod(call.Method)
	var params liveParams
	switch {
	case method == nil:
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeNoMethod, Message: "no method " + call.Method})
	case call.Params != nil && json.Unmarshal(call.Params, &params) != nil:
		respond("", invalidParams("params is not what "+call.Method+" takes"))
	case batch && (call.Method == "$/hello" || call.Method == "$/subscribe"):
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: call.Method + " cannot stand in a batch"})
	default:
		method(params, respond)
	}
}

// ownMethod finds one of the protocol's own methods; nil when there is none of the name.
func (c *Conn) ownMethod(name string) func(liveParams, responder) {
	switch name {
	case "$/hello":
		return c.hello
	case "$/subscribe":
		return c.follow
	case "$/unsubscribe":
		return c.unfollow
	case "$/publish":
		return c.livePublish
	case "$/presence":
		return c.livePresence
	case "$/history":
		return c.liveHistory
	case "$/cancelRequest":
		return c.cancelRequest
	case "$/ping":
		return func(_ liveParams, respond responder) { respond("{}", nil) }
	}
	return nil
}

func invalidParams(why string) *jsonrpc.Error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: why}
}

// liveParams are the parameters of all of the protocol's own methods.
type liveParams struct {
	Topic     string
	Since     *livePosition
	Presence  bool
	Session   string
	Attempt   int64
	Positions map[string]livePosition
	ID        json.RawMessage
	Data      json.RawMessage
	Base64    *[]byte
	Key       string
	Limit     int
}

func (c *Conn) cancelRequest(p liveParams, respond responder) {
	if call := c.live.calls[string(p.ID)]; call != nil {
		call.cancel("cancelled", &jsonrpc.Error{Code: codeCancelled, Message: "the call was cancelled"})
	}
	respond("null", nil)
}
