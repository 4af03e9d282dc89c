package server

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/sigil-server/sigil/appbase"
)

// Own is what the operator says of one app, beside its place and its limits. The zero value says nothing.
type Own struct {
	// Disabled apps are not loaded: their paths are unknown.
	Disabled bool
	// Workers is a number, "connection" (one for each connection), or "" for what the app says itself.
	Workers string
	// Env is what the app sees as this.env.
	Env map[string]string
	// Level is the least that the app logs; nil is that of Options.Log.
	Level slog.Leveler
	// Public is the folder of its static files; "" is its own. It may be relative to where the server runs.
	Public string
	// NoPublic: it has no static files.
	NoPublic bool
	// Headers are those of its answers over HTTP, before those of Options.Headers. One with the value "" is not sent.
	Headers map[string]string
	// NoAPI: its documents (/api, /asyncapi) do not answer.
	NoAPI bool
	// NoDoc: its page (/doc) does not answer.
	NoDoc bool
	// NoReload: what serves stays, whatever happens to its files.
	NoReload bool
}

// own is what the operator says of an app.
func (o *Options) own(app string) Own {
	if o.Own == nil {
		return Own{}
	}
	return o.Own(app)
}

// CheckMounts says which of the places are in each other's way, or are none. [New] does the same.
func CheckMounts(mounts map[string]Mount, listen string) error {
	_, err := newPlaces(mounts, Options{Listen: listen}.withDefaults().Listen)
	return err
}

// employ leaves out the apps that are switched off, and gives the others the folders that the operator chose.
func (o *Options) employ(sources []appbase.Source) (kept []appbase.Source) {
	for _, src := range sources {
		own := o.own(src.Name)
		if own.Disabled {
			continue
		}
		src.Public, src.NoPublic = own.Public, own.NoPublic
		kept = append(kept, src)
	}
	return kept
}

// describes reports whether the app's documents, or its page, answer.
func (a *app) describes(path string) bool {
	if path == "/doc" {
		return !a.own.NoDoc
	}
	return !a.own.NoAPI
}

// parallel is on how many workers an app may run: what the operator says, else what the app does.
func (a *app) parallel(routes *appbase.Routes) appbase.Parallel {
	p := routes.Parallel
	if a.own.Workers == "" {
		return p
	}
	made := appbase.Parallel{Why: fmt.Sprintf("the operator says so (workers: %s)", a.own.Workers), State: p.State}
	if a.own.Workers == "connection" {
		made.PerConnection = true
	} else if n, err := strconv.Atoi(a.own.Workers); err == nil {
		made.Max = max(n, 1)
	}
	if made.Max != 1 && p.State != "" {
		made.Warning = "every worker has its own: " + p.State
	}
	return made
}

// levelled is a handler with a least level of its own, which may be lower than that of the handler behind it.
type levelled struct {
	slog.Handler
	level slog.Leveler
}

// atLevel is log with another least level; nil changes nothing.
func atLevel(log *slog.Logger, level slog.Leveler) *slog.Logger {
	if level == nil {
		return log
	}
	return slog.New(levelled{log.Handler(), level})
}

func (h levelled) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h levelled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelled{h.Handler.WithAttrs(attrs), h.level}
}

func (h levelled) WithGroup(name string) slog.Handler {
	return levelled{h.Handler.WithGroup(name), h.level}
}
