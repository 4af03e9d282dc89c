package conf

import (
	"fmt"
	"time"
)

// field is one key of the configuration.
type field struct {
	key   string // "limits.message"
	value value
}

// value is what a key holds: where it goes in a Config, and what is allowed.
type value interface {
	// set takes what a file, the environment or a flag says. The error is about its form alone and does not quote it.
	set(raw any) error
	// check says whether the value is allowed.
	check() error
	// raw is the value as a file would hold it.
	raw() any
}

// Bounds that several keys share. Sizes stay below 2 GiB, so that they fit an int anywhere.
const (
	maxSize  = Size(1 << 30)
	maxCount = 10_000_000
	minTime  = Duration(10 * time.Millisecond)
	maxTime  = Duration(24 * time.Hour)
)

// fields is the table of all keys but those below "app".
func (c *Config) fields() []field {
	top := []field{
		{"apps", folder{&c.Apps, false}},
		{"listen", address{&c.Listen, false}},
		{"admin", address{&c.Admin, true}},
		{"admin_hosts", hosts{&c.AdminHosts}},
		{"uploads", folder{&c.Uploads, true}},
		{"dev", boolean{&c.Dev}},
		{"reload", boolean{&c.Reload}},
		{"api", boolean{&c.API}},
		{"doc", boolean{&c.Doc}},
		{"compress", boolean{&c.Compress}},
		{"log.level", choice{&c.Log.Level, []string{"debug", "info", "warn", "error"}}},
		{"log.format", choice{&c.Log.Format, []string{"text", "json"}}},
		{"origins", origins{&c.Origins}},
		{"trusted_proxies", networks{&c.TrustedProxies}},
		{"headers", headers{&c.Headers, standardHeaders()}},
		{"proxy_headers", choice{&c.ProxyHeaders, []string{"x-forwarded", "forwarded"}}},
	}
	top = append(top, field{"data", folder{&c.Data, false}})
	top = append(top, c.TLS.fields()...)
	return append(append(append(top, c.Fetch.fields()...), c.Database.fields()...), c.Limits.fields()...)
}

func (l *Limits) fields() []field {
	return []field{
		{"limits.message", size{&l.Message, 1, maxSize}},
		{"limits.fragments", count{&l.Fragments, 1, maxCount, ""}},
		{"limits.queue", size{&l.Queue, 1, maxSize}},
		{"limits.overflow", choice{&l.Overflow, []string{"close", "drop-oldest", "drop-newest"}}},
		{"limits.backlog_messages", count{&l.BacklogMessages, 1, maxCount, ""}},
		{"limits.backlog_bytes", size{&l.BacklogBytes, 1, maxSize}},
		{"limits.messages_per_second", count{&l.MessagesPerSecond, 1, maxCount, "none"}},
		{"limits.rate_exceeded", choice{&l.RateExceeded, []string{"wait", "close"}}},
		{"limits.send_buffer", size{&l.SendBuffer, 4 << 10, 64 << 20}},
		{"limits.partial_bytes", size{&l.PartialBytes, 1 << 20, 1 << 40}},
		{"limits.ping_after", span{&l.PingAfter, minTime, maxTime, ""}},
		{"limits.pong_within", span{&l.PongWithin, minTime, maxTime, ""}},
		{"limits.write_stall", span{&l.WriteStall, minTime, maxTime, ""}},
		{"limits.close_within", span{&l.CloseWithin, minTime, maxTime, ""}},
		{"limits.message_idle", span{&l.MessageIdle, minTime, maxTime, "none"}},
		{"limits.call_time", span{&l.CallTime, minTime, maxTime, ""}},
		{"limits.call_depth", count{&l.CallDepth, 10, 20_000, ""}},
		{"limits.connections", count{&l.Connections, 1, maxCount, "auto"}},
		{"limits.workers", count{&l.Workers, 1, maxCount, "auto"}},
		{"limits.connections_per_address", count{&l.ConnectionsPerAddress, 1, maxCount, "none"}},
		{"limits.topics", count{&l.Topics, 1, maxCount, ""}},
		{"limits.topics_per_connection", count{&l.TopicsPerConnection, 1, maxCount, ""}},
		{"limits.history_bytes", size{&l.HistoryBytes, 1, maxSize}},
		{"limits.handshake_time", span{&l.HandshakeTime, minTime, maxTime, ""}},
		{"limits.header_bytes", size{&l.HeaderBytes, 4 << 10, 16 << 20}},
		{"limits.header_fields", count{&l.HeaderFields, 10, 10_000, ""}},
		{"limits.body_bytes", size{&l.BodyBytes, 1, maxSize}},
		{"limits.body_stall", span{&l.BodyStall, minTime, maxTime, ""}},
		{"limits.response_time", span{&l.ResponseTime, minTime, maxTime, ""}},
		{"limits.event_ping", span{&l.EventPing, minTime, maxTime, ""}},
		{"limits.idle_time", span{&l.IdleTime, minTime, maxTime, ""}},
		{"limits.stop_within", span{&l.StopWithin, minTime, maxTime, ""}},
	}
}

// size is a Size from min to max.
type size struct {
	p        *Size
	min, max Size
}

func (v size) set(raw any) error { return v.p.UnmarshalText([]byte(scalar(raw))) }
func (v size) raw() any          { return v.p.String() }
func (v size) check() error {
	if *v.p < v.min || *v.p > v.max {
		return fmt.Errorf("must be from %v to %v", v.min, v.max)
	}
	return nil
}

// span is a Duration from min to max. With a word for zero, that is allowed, too.
type span struct {
	p        *Duration
	min, max Duration
	zero     string
}

func (v span) set(raw any) error {
	if v.zero != "" && scalar(raw) == v.zero {
		*v.p = 0
		return nil
	}
	return v.p.UnmarshalText([]byte(scalar(raw)))
}

func (v span) raw() any {
	if v.zero != "" && *v.p == 0 {
		return v.zero
	}
	return v.p.String()
}

func (v span) check() error {
	if v.zero != "" && *v.p == 0 || *v.p >= v.min && *v.p <= v.max {
		return nil
	}
	if v.zero != "" {
		return fmt.Errorf("must be from %v to %v, or %s", v.min, v.max, v.zero)
	}
	return fmt.Errorf("must be from %v to %v", v.min, v.max)
}
