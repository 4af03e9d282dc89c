package main

import (
	"log/slog"
	"path/filepath"
	"time"

	"github.com/sigil-server/sigil/client"
	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/wsconn"
)

// serverOptions hands the configuration to the server, field by field.
func serverOptions(c *conf.Config, log *slog.Logger) server.Options {
	return server.Options{
		Web:            webOf(c),
		AppsDir:        c.Apps,
		Listen:         c.Listen,
		AdminListen:    c.Admin,
		AdminHosts:     c.AdminHosts,
		Dev:            c.Dev,
		Log:            log,
		UploadDir:      c.Uploads,
		FilesDir:       filepath.Join(c.Data, "files"),
		TrustedProxies: c.TrustedProxies,
		Forwarded:      c.ProxyHeaders == "forwarded",
		Headers:        c.Headers,
		Origins:        c.Origins,
		AppConfig:      c.App,
		Limits:         serverLimits(c.Limits),
		AppLimits:      appLimits(c),
		Mounts:         mounts(c.Mounts),
		Uncompressed:   !c.Compress,
		Own:            ownOf(c),
		ClientScript:   client.Script(),
	}
}

// appLimits are those of apps that have some of their own. How many connections the server has is not the app's bound
// unless it is set for the app.
func appLimits(c *conf.Config) map[string]server.Limits {
	all := make(map[string]server.Limits, len(c.AppLimits))
	for name, own := range c.AppLimits {
		limits := serverLimits(own)
		if own.Connections == c.Limits.Connections {
			limits.MaxConnections = 0
		}
		all[name] = limits
	}
	return all
}

func mounts(all map[string]conf.Mount) map[string]server.Mount {
	made := map[string]server.Mount{}
	for app, m := range all {
		made[app] = server.Mount{Path: m.Path, Listen: m.Listen, Listeners: m.Listeners}
	}
	return made
}

func serverLimits(l conf.Limits) server.Limits {
	return server.Limits{
		Socket:                   socketLimits(l),
		MaxPartialBytes:          int64(l.PartialBytes),
		MaxConnections:           l.Connections,
		MaxConnectionsPerAddress: l.ConnectionsPerAddress,
		MaxWorkers:               l.Workers,
		MaxTopics:                l.Topics,
		MaxTopicsPerConnection:   l.TopicsPerConnection,
		MaxHistoryBytes:          int(l.HistoryBytes),
		MaxHeaderBytes:           int(l.HeaderBytes),
		MaxHeaderFields:          l.HeaderFields,
		MaxBodyBytes:             int(l.BodyBytes),
		HeaderTime:               time.Duration(l.HandshakeTime),
		BodyStall:                time.Duration(l.BodyStall),
		WriteStall:               time.Duration(l.WriteStall),
		EventPing:                time.Duration(l.EventPing),
		IdleTime:                 time.Duration(l.IdleTime),
		ResponseTime:             time.Duration(l.ResponseTime),
		StopWithin:               time.Duration(l.StopWithin),
		CallTime:                 time.Duration(l.CallTime),
		MaxCallDepth:             l.CallDepth,
	}
}

func socketLimits(l conf.Limits) wsconn.Limits {
	return wsconn.Limits{
		MaxMessageBytes:      int(l.Message),
		MaxFragments:         l.Fragments,
		MaxQueueBytes:        int(l.Queue),
		Overflow:             overflows[l.Overflow],
		MaxBacklogMessages:   l.BacklogMessages,
		MaxBacklogBytes:      int(l.BacklogBytes),
		MaxMessagesPerSecond: l.MessagesPerSecond,
		CloseOnRate:          l.RateExceeded == "close",
		SendBufferBytes:      int(l.SendBuffer),
		MaxIdle:              time.Duration(l.MessageIdle),
		PingAfter:            time.Duration(l.PingAfter),
		PongWithin:           time.Duration(l.PongWithin),
		WriteStall:           time.Duration(l.WriteStall),
		CloseWithin:          time.Duration(l.CloseWithin),
	}
}

var overflows = map[string]wsconn.Overflow{
	"close": wsconn.OverflowClose, "drop-oldest": wsconn.OverflowDropOldest, "drop-newest": wsconn.OverflowDropNewest,
}
