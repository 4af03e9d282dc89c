// Package conf is the configuration of the server: which keys there are, what each may hold, and where its value comes
// from. The embedded default.yaml sets and explains every key; it is the reference. Only the command imports this
// package and hands the values to the parts.
package conf

import (
	"net/netip"
)

// Config is the configuration, as default.yaml describes it. [Load] makes a valid one.
type Config struct {
	Apps           string         // folder of the apps
	Listen         string         // host:port of HTTP and WebSocket
	Admin          string         // host:port of the admin port; "" (in a file: "off") is none
	AdminHosts     []string       // names the admin port may be asked for by, beside this machine's
	Uploads        string         // folder for files of large forms; "" is the system's for temporary files
	Dev            bool           // show what only developers should see
	Reload         bool           // new code replaces what serves
	API            bool           // OpenAPI and AsyncAPI documents of the apps answer
	Doc            bool           // documentation pages of the apps answer
	Log            Log            // what is logged, and how
	Compress       bool           // answers are compressed for clients that take it
	Origins        []string       // foreign origins that may open WebSockets
	TrustedProxies []netip.Prefix // peers whose forwarding headers are believed
	ProxyHeaders   string         // which those are: x-forwarded or forwarded
	TLS            TLS            // how the ports for apps are secured
	Limits         Limits         // what clients and apps may take
	Data           string         // folder of what apps keep
	Database       Database       // where else they keep it, and how
	Fetch          Fetch          // what they may ask of other servers

	// AppLimits are the limits of apps that have some of their own, by the app's name: whole, those that the app has none of
	// its own for are equal to Limits. [Config.LimitsOf] finds them.
	AppLimits map[string]Limits

	// Headers are those of every answer over HTTP, by their canonical names; one that is "" is not sent.
	Headers map[string]string

	// PerApp is what the operator says of single apps, whole, by the app's name. [Config.OwnOf] finds it.
	PerApp map[string]Own

	// Mounts are the places of apps that are not to be below their names, by the app's name.
	Mounts map[string]Mount
	// App is what each app sees as this.config, by the app's name. Values are plain data: maps with string keys, slices,
	// strings, numbers, booleans and nil.
	App map[string]map[string]any
}

// Log says what is logged, and how.
type Log struct {
	Level  string // debug, info, warn or error
	Format string // text or json
}

// Limits bound what clients and apps may take. Every field is positive but those whose comment says otherwise.
type Limits struct {
	Message           Size   // one WebSocket message, over all its fragments
	Fragments         int    // frames of one message
	Queue             Size   // payload queued for one peer
	Overflow          string // beyond Queue: close, drop-oldest or drop-newest
	BacklogMessages   int    // messages kept while a handler is busy
	BacklogBytes      Size   // bytes of them
	MessagesPerSecond int    // read from one connection; 0 is no bound
	RateExceeded      string // beyond it: wait or close
	SendBuffer        Size   // what the kernel may take for one peer
	PartialBytes      Size   // of all messages that have arrived in part, over all connections

	PingAfter   Duration // silence before a ping
	PongWithin  Duration // silence after it
	WriteStall  Duration // a peer that takes nothing of what is written
	CloseWithin Duration // an unanswered close
	MessageIdle Duration // no message either way; 0 is for ever

	CallTime  Duration // one call into a script on its thread
	CallDepth int      // script functions active at once

	Workers               int // of all apps; 0 is 4 for each processor core
	Connections           int // open WebSockets; 0 is the process's descriptor limit less 100
	ConnectionsPerAddress int // of one client address; 0 is no bound

	Topics              int  // of one app
	TopicsPerConnection int  // that one connection is on
	HistoryBytes        Size // what the topics of one app keep

	HandshakeTime Duration // until a request's header has arrived
	HeaderBytes   Size     // request line and header block
	HeaderFields  int      // fields in it
	BodyBytes     Size     // a request's body
	BodyStall     Duration // a body that makes no progress
	ResponseTime  Duration // until a handler answers
	EventPing     Duration // silence of a stream of server-sent events
	IdleTime      Duration // an HTTP connection between two requests
	StopWithin    Duration // each wait of a shutdown
}

// LimitsOf returns the limits of an app.
func (c *Config) LimitsOf(app string) Limits {
	if own, ok := c.AppLimits[app]; ok {
		return own
	}
	return c.Limits
}
