package conf

import (
	"testing"
	"time"
)

// An app has the server's limits, but for its own, which later sources replace one by one.
func TestAppLimits(t *testing.T) {
	c := mustLoad(t, Sources{
		File: fileOf(t, `
limits: {message: 2KiB, queue: 3KiB}
app_limits:
  chat: {message: 1GiB, message_idle: 1m, overflow: drop-newest, rate_exceeded: close}
  empty:
`),
		Environ: []string{"SIGIL_LIMITS_QUEUE=4KiB"},
	})
	chat, other := c.LimitsOf("chat"), c.LimitsOf("other")
	if chat.Message != 1<<30 || chat.Queue != 4<<10 || chat.MessageIdle != Duration(time.Minute) || chat.Overflow != "drop-newest" || chat.RateExceeded != "close" {
		t.Errorf("chat %+v", chat)
	}
	if other != c.Limits || other.Message != 2<<10 || c.LimitsOf("empty") != c.Limits {
		t.Errorf("other %+v", other)
	}
	chat.Message = 0
	c.AppLimits["chat"] = chat
	if err := c.Validate(); err == nil || err.Error() != `app_limits.chat.message "0B": must be from 1B to 1GiB` {
		t.Errorf("got %v", err)
	}
}
