package server

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// liveServer is the one whose channels are the topics of the realtime endpoint.
const liveServer = "live"

// addLive adds the realtime endpoint (docs/protocol.md): the WebSocket with its calls, and a channel for each topic.
func (doc *asyncAPI) addLive(at asyncPlace, route *appbase.Route, routes *appbase.Routes, named *schemaNames) {
	name := doc.freeChannel("live")
	channel := asyncChannel{
		Address: route.Path, Summary: cmp.Or(route.Summary, "The realtime endpoint"),
		Description: cmp.Or(route.Description, "JSON-RPC 2.0: calls of methods, and topics ($/subscribe, $/publish, $/message)."),
		Servers:     []reference{{"#/servers/" + socketServer}}, Messages: liveMessages(),
	}
	self, security := reference{"#/channels/" + name}, asyncSecurity(route)
	in := func(message string) reference { return reference{self.Ref + "/messages/" + message} }
	doc.Operations["receive-"+name] = asyncOperation{
		Action: "receive", Channel: self, Summary: "takes the protocol's own requests", Security: security, Messages: []reference{in("request")},
		Reply: &asyncReply{self, []reference{in("answer")}},
	}
	doc.Operations["send-"+name] = asyncOperation{Action: "send", Channel: self, Summary: "tells of topics", Security: security, Messages: []reference{in("notification")}}
	for _, call := range routes.Calls {
		asked, answered := channel.put(name, named.call(call)), channel.put(name, named.result(call))
		doc.Operations["call-"+keyOf(call.Name)] = asyncOperation{
			Action: "receive", Channel: self, Summary: call.Summary, Description: call.Description, Security: security,
			Messages: []reference{asked}, Reply: &asyncReply{self, []reference{answered}},
		}
	}
	doc.Channels[name] = channel
	if len(routes.Topics) > 0 {
		doc.Servers[liveServer] = asyncServer{
			Host: at.host, Pathname: at.mount + route.Path, Protocol: at.protocol(), Description: "Topics, by the realtime protocol",
		}
	}
	for _, topic := range routes.Topics {
		doc.addTopic(topic, security, named)
	}
}

// addTopic adds the channel of a topic: what is published comes as $/message, and goes by $/publish where clients may.
func (doc *asyncAPI) addTopic(topic appbase.Topic, security []reference, named *schemaNames) {
	name := doc.freeChannel("topic-" + keyOf(topic.Pattern))
	address, params := topicAddress(topic.Pattern)
	channel := asyncChannel{
		Address: address, Summary: topic.Summary, Description: topic.Description, Servers: []reference{{"#/servers/" + liveServer}},
		Parameters: partsOfPath(params), Messages: map[string]asyncMessage{}, Topic: topic.Pattern,
	}
	channel.put(name, named.message("publication", cmp.Or(topic.Data, "{}")))
	self := reference{"#/channels/" + name}
	doc.Operations["send-"+name] = asyncOperation{Action: "send", Channel: self, Summary: topic.Summary, Security: security, Messages: channel.refs(name)}
	if topic.Publish {
		doc.Operations["receive-"+name] = asyncOperation{Action: "receive", Channel: self, Summary: topic.Summary, Security: security, Messages: channel.refs(name)}
	}
	doc.Channels[name] = channel
}

// topicAddress writes "room:*" as "room:{part1}".
func topicAddress(pattern string) (address string, params []string) {
	var b strings.Builder
	for i, piece := range strings.Split(strings.NewReplacer("{", "(", "}", ")").Replace(pattern), "*") {
		if i > 0 {
			params = append(params, fmt.Sprintf("part%d", i))
			b.WriteString("{" + params[i-1] + "}")
		}
		b.WriteString(piece)
	}
	return b.String(), params
}

// call is the request that calls a method.
func (n *schemaNames) call(call appbase.Call) asyncMessage {
	properties := map[string]any{"jsonrpc": version2(), "id": requestID(), "method": map[string]any{"const": call.Name}}
	required := []any{"jsonrpc", "method"}
	if params, ok := n.adopt(call.Method+"-params", call.Params); ok {
		properties["params"] = paramsOf(params)
		required = append(required, "params")
	} else {
		properties["params"] = map[string]any{"type": []any{"array", "object"}, "description": "arguments, or the one that is an object"}
	}
	return asyncMessage{Name: "call-" + keyOf(call.Name), Summary: call.Summary, ContentType: typeJSON, Payload: map[string]any{
		"type": "object", "required": required, "properties": properties,
	}}
}

// paramsOf is how an argument travels: an object as it is, anything else as the one of a list.
func paramsOf(schema any) any {
	if members, ok := schema.(map[string]any); ok && (members["type"] == "object" || members["type"] == "array" || members["$ref"] != nil || members["properties"] != nil) {
		return schema
	}
	return map[string]any{"type": "array", "items": schema, "minItems": 1, "maxItems": 1}
}

// result is the answer to a call.
func (n *schemaNames) result(call appbase.Call) asyncMessage {
	result, ok := n.adopt(call.Method+"-result", call.Result)
	if !ok {
		result = map[string]any{}
	}
	return asyncMessage{Name: "answer-" + keyOf(call.Name), ContentType: typeJSON, Payload: answerSchema(result)}
}

// liveMessages are those of the protocol itself.
func liveMessages() map[string]asyncMessage {
	methods := []any{"$/hello", "$/subscribe", "$/unsubscribe", "$/publish", "$/history", "$/presence", "$/ping", "$/cancelRequest"}
	notices := []any{"$/message", "$/lost", "$/subscribed", "$/unsubscribed", "$/join", "$/leave", "$/presence"}
	return map[string]asyncMessage{
		"request": {Name: "request", Summary: "A request of the protocol's own", ContentType: typeJSON, Payload: envelope(map[string]any{
			"jsonrpc": version2(), "id": requestID(), "method": map[string]any{"enum": methods}, "params": map[string]any{"type": "object"},
		}, "jsonrpc", "method")},
		"answer": {Name: "answer", Summary: "The answer to a request", ContentType: typeJSON, Payload: answerSchema(map[string]any{})},
		"notification": {Name: "notification", Summary: "What happens on topics", ContentType: typeJSON, Payload: envelope(map[string]any{
			"jsonrpc": version2(), "method": map[string]any{"enum": notices}, "params": map[string]any{"type": "object"},
		}, "jsonrpc", "method", "params")},
	}
}

func answerSchema(result any) map[string]any {
	failure := envelope(map[string]any{"code": map[string]any{"type": "integer"}, "message": map[string]any{"type": "string"}, "data": map[string]any{}}, "code", "message")
	return envelope(map[string]any{"jsonrpc": version2(), "id": requestID(), "result": result, "error": failure}, "jsonrpc", "id")
}

func envelope(properties map[string]any, required ...any) map[string]any {
	return map[string]any{"type": "object", "required": required, "properties": properties}
}

func version2() map[string]any { return map[string]any{"const": "2.0"} }

func requestID() map[string]any { return map[string]any{"type": []any{"string", "integer"}} }
