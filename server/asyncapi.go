package server

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// asyncAPI is an AsyncAPI 3.0 document of what flows over an app's WebSockets, as far as annotations tell.
type asyncAPI struct {
	AsyncAPI           string                    `json:"asyncapi" yaml:"asyncapi"`
	Info               apiInfo                   `json:"info" yaml:"info"`
	DefaultContentType string                    `json:"defaultContentType" yaml:"defaultContentType"`
	Servers            map[string]asyncServer    `json:"servers" yaml:"servers"`
	Channels           map[string]asyncChannel   `json:"channels" yaml:"channels"`
	Operations         map[string]asyncOperation `json:"operations" yaml:"operations"`
	Components         *components               `json:"components,omitempty" yaml:"components,omitempty"`
}

type asyncServer struct {
	Host        string `json:"host" yaml:"host"`
	Pathname    string `json:"pathname,omitempty" yaml:"pathname,omitempty"`
	Protocol    string `json:"protocol" yaml:"protocol"` // "ws" or "wss"
	Description string `json:"description,omitempty" yaml:"description,omitempty"`
}

type asyncChannel struct {
	Address     string                    `json:"address" yaml:"address"`
	Summary     string                    `json:"summary,omitempty" yaml:"summary,omitempty"`
	Description string                    `json:"description,omitempty" yaml:"description,omitempty"`
	Servers     []reference               `json:"servers" yaml:"servers"`
	Parameters  map[string]asyncParameter `json:"parameters,omitempty" yaml:"parameters,omitempty"`
	Messages    map[string]asyncMessage   `json:"messages" yaml:"messages"`
	Protocols   []string                  `json:"x-subprotocols,omitempty" yaml:"x-subprotocols,omitempty"`
	Topic       string                    `json:"x-topic,omitempty" yaml:"x-topic,omitempty"` // the pattern of a @Topic
}

type asyncParameter struct {
	Description string `json:"description" yaml:"description"`
}

type asyncMessage struct {
	Name        string `json:"name" yaml:"name"`
	Summary     string `json:"summary,omitempty" yaml:"summary,omitempty"`
	ContentType string `json:"contentType,omitempty" yaml:"contentType,omitempty"`
	Payload     any    `json:"payload" yaml:"payload"`
}

// asyncOperation is what the app does: it sends, or it receives.
type asyncOperation struct {
	Action      string      `json:"action" yaml:"action"`
	Channel     reference   `json:"channel" yaml:"channel"`
	Summary     string      `json:"summary,omitempty" yaml:"summary,omitempty"`
	Description string      `json:"description,omitempty" yaml:"description,omitempty"`
	Security    []reference `json:"security,omitempty" yaml:"security,omitempty"`
	Messages    []reference `json:"messages" yaml:"messages"`
	Reply       *asyncReply `json:"reply,omitempty" yaml:"reply,omitempty"`
}

type asyncReply struct {
	Channel  reference   `json:"channel" yaml:"channel"`
	Messages []reference `json:"messages" yaml:"messages"`
}

type reference struct {
	Ref string `json:"$ref" yaml:"$ref"`
}

// asyncPlace is where a client reaches the app.
type asyncPlace struct {
	host, mount string
	secure      bool
}

func (p asyncPlace) protocol() string {
	if p.secure {
		return "wss"
	}
	return "ws"
}

// socketServer is the one whose channels are the app's WebSocket routes.
const socketServer = "websocket"

// newAsyncAPI describes an app's WebSocket routes, and the topics and calls of its realtime endpoint.
func newAsyncAPI(at asyncPlace, routes *appbase.Routes) asyncAPI {
	doc := asyncAPI{
		AsyncAPI: "3.0.0", Info: infoOf(routes), DefaultContentType: typeJSON,
		Servers: map[string]asyncServer{}, Channels: map[string]asyncChannel{}, Operations: map[string]asyncOperation{},
	}
	named := newSchemaNames()
	for _, route := range routes.All() {
		if route.Kind != appbase.KindWebsocket {
			continue
		}
		doc.Servers[socketServer] = asyncServer{Host: at.host, Pathname: at.mount, Protocol: at.protocol()}
		if route.Style == appbase.StyleLive {
			doc.addLive(at, route, routes, named)
		} else {
			doc.addSocket(route, named)
		}
	}
	doc.Components = componentsOf(named, asyncSchemes(routes))
	return doc
}

// addSocket adds the channel of one route, and what the app does with it.
func (doc *asyncAPI) addSocket(route *appbase.Route, named *schemaNames) {
	name := doc.freeChannel(keyOf(route.Method))
	channel, receives, sends := newChannel(name, route, named)
	doc.Channels[name] = channel
	self := reference{"#/channels/" + name}
	doc.Operations["receive-"+name] = asyncOperation{Action: "receive", Channel: self, Summary: route.Summary, Security: asyncSecurity(route), Messages: receives}
	doc.Operations["send-"+name] = asyncOperation{Action: "send", Channel: self, Summary: route.Summary, Security: asyncSecurity(route), Messages: sends}
}

// newChannel is the channel of a route, with the messages that the app takes on it and those it makes. Of which nothing
// is said, they are texts and bytes.
func newChannel(name string, route *appbase.Route, named *schemaNames) (channel asyncChannel, receives, sends []reference) {
	path, params := pathNames{}.template(route.Path)
	channel = asyncChannel{
		Address: path, Summary: route.Summary, Description: route.Description, Servers: []reference{{"#/servers/" + socketServer}},
		Parameters: partsOfPath(params), Messages: map[string]asyncMessage{}, Protocols: route.Protocols,
	}
	for _, m := range route.Messages {
		if m.Sent {
			sends = append(sends, channel.put(name, named.message(name+"-sends", m.Schema)))
		} else {
			receives = append(receives, channel.put(name, named.message(name+"-receives", m.Schema)))
		}
	}
	if receives == nil {
		receives = channel.putRaw(name)
	}
	if sends == nil {
		sends = channel.putRaw(name)
	}
	return channel, receives, sends
}

// put adds a message under a name that is free, or that says the very same.
func (c *asyncChannel) put(channel string, m asyncMessage) reference {
	name := m.Name
	for i := 2; ; i++ {
		if there, taken := c.Messages[m.Name]; !taken || fmt.Sprint(there) == fmt.Sprint(m) {
			break
		}
		m.Name = fmt.Sprintf("%s%d", name, i)
	}
	c.Messages[m.Name] = m
	return reference{"#/channels/" + channel + "/messages/" + m.Name}
}

// putRaw adds what is known of messages without a schema.
func (c *asyncChannel) putRaw(channel string) []reference {
	text := asyncMessage{Name: "text", ContentType: "text/plain", Payload: map[string]any{"type": "string"}}
	binary := asyncMessage{Name: "binary", ContentType: "application/octet-stream", Payload: map[string]any{"type": "string", "format": "binary"}}
	return []reference{c.put(channel, text), c.put(channel, binary)}
}

// message reads the schema of a message; its name is that of the schema, if that has one, else the given.
func (n *schemaNames) message(name, text string) asyncMessage {
	payload, ok := n.adopt(name, text)
	m := asyncMessage{Name: keyOf(name), ContentType: typeJSON, Payload: payload}
	if !ok {
		m.Payload = map[string]any{}
	}
	schema, _ := payload.(map[string]any)
	if ref, ok := schema["$ref"].(string); ok {
		m.Name = keyOf(strings.TrimPrefix(ref, schemaPlace))
	} else if title, ok := schema["title"].(string); ok && title != "" {
		m.Name = keyOf(title)
	}
	m.Summary, _ = schema["description"].(string)
	if schema["type"] == "string" {
		m.ContentType = "text/plain" // a text goes as it is
	}
	return m
}

// keyOf leaves of a name what names channels, operations and messages.
func keyOf(name string) string { return strings.ReplaceAll(componentName(name), ".", "-") }

// freeChannel is a name that no channel has yet.
func (doc *asyncAPI) freeChannel(name string) string {
	for i, try := 2, name; ; i, try = i+1, fmt.Sprintf("%s%d", name, i) {
		if _, taken := doc.Channels[try]; !taken {
			return try
		}
	}
}

// partsOfPath describes the parameters of an address.
func partsOfPath(params []string) map[string]asyncParameter {
	if len(params) == 0 {
		return nil
	}
	all := map[string]asyncParameter{}
	for _, param := range params {
		all[param] = asyncParameter{"a part of the address"}
	}
	return all
}

// refs are references to messages of a channel, in order of name.
func (c *asyncChannel) refs(channel string) (all []reference) {
	for _, name := range slices.Sorted(maps.Keys(c.Messages)) {
		all = append(all, reference{"#/channels/" + channel + "/messages/" + name})
	}
	return all
}
