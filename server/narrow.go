package server

import (
	"strings"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/wsconn"
)

// socketLimits are the app's, as the operator set them, narrowed by @Api and then by the route.
func (a *app) socketLimits(api *appbase.AppLimits, route *appbase.Route) wsconn.Limits {
	n := narrowing{limits: a.limits.Socket}
	n.by(&api.Socket)
	n.by(&route.Limits)
	if route.Style == appbase.StyleLive {
		n.limits.Overflow = wsconn.OverflowClose // an answer that is dropped would be waited for; publications catch up
	}
	return n.limits
}

// warnWider logs which limits of @Api or a route are set in vain, because those above it are narrower.
func (a *app) warnWider(routes *appbase.Routes) {
	n := narrowing{limits: a.limits.Socket}
	n.by(&routes.Info.Limits.Socket)
	if len(n.refused) > 0 {
		a.log.Warn("limits of @Api cannot be wider than the server's, which count", "limits", strings.Join(n.refused, ","))
	}
	for _, route := range routes.All() {
		r := narrowing{limits: n.limits}
		r.by(&route.Limits)
		if len(r.refused) > 0 {
			a.log.Warn("limits of a route cannot be wider than the app's and the server's, which count",
				"route", route.String(), "limits", strings.Join(r.refused, ","))
		}
	}
}

// narrowing makes limits narrower, and notes what would have made them wider.
type narrowing struct {
	limits  wsconn.Limits
	refused []string
}

// by narrows the bounds. What happens at them is a matter of choice.
func (n *narrowing) by(l *appbase.SocketLimits) {
	to := &n.limits
	for _, bound := range []struct {
		name string
		ours *int
		said int
	}{
		{"messageBytes", &to.MaxMessageBytes, l.MessageBytes}, {"fragments", &to.MaxFragments, l.Fragments},
		{"queueBytes", &to.MaxQueueBytes, l.QueueBytes}, {"backlogMessages", &to.MaxBacklogMessages, l.BacklogMessages},
		{"backlogBytes", &to.MaxBacklogBytes, l.BacklogBytes}, {"messagesPerSecond", &to.MaxMessagesPerSecond, l.MessagesPerSecond},
		{"sendBufferBytes", &to.SendBufferBytes, l.SendBufferBytes},
	} {
		if !narrow(bound.ours, bound.said) {
			n.refused = append(n.refused, bound.name)
		}
	}
	for _, bound := range []struct {
		name string
		ours *time.Duration
		said time.Duration
	}{
		{"pingAfter", &to.PingAfter, l.PingAfter}, {"pongWithin", &to.PongWithin, l.PongWithin}, {"writeStall", &to.WriteStall, l.WriteStall},
		{"closeWithin", &to.CloseWithin, l.CloseWithin}, {"messageIdle", &to.MaxIdle, l.MessageIdle},
	} {
		if !narrow(bound.ours, bound.said) {
			n.refused = append(n.refused, bound.name)
		}
	}
	if overflow, ok := overflows[l.Overflow]; ok {
		to.Overflow = overflow
	}
	if l.RateExceeded != "" {
		to.CloseOnRate = l.RateExceeded == "close"
	}
}

// narrow makes a bound the smaller of two, where 0 is none; false: that would have been the wider one.
func narrow[T int | time.Duration](ours *T, said T) bool {
	switch {
	case said == 0:
	case *ours <= 0 || said < *ours:
		*ours = said
	default:
		return said == *ours
	}
	return true
}

// overflows are the names of what happens to a message that does not fit.
var overflows = map[string]wsconn.Overflow{
	"close": wsconn.OverflowClose, "drop-oldest": wsconn.OverflowDropOldest, "drop-newest": wsconn.OverflowDropNewest,
}

// narrower is the smaller of two bounds, where 0 is none.
func narrower[T int | time.Duration](ours, said T) T {
	narrow(&ours, said)
	return ours
}
