package wsconn

import "time"

// rate counts the messages of one second, and knows when the last one was.
type rate struct {
	until int64 // end of the second, on the loop's clock
	said  int64 // when the last message came or went
	count int
}

var errRate = violation{1008, "too many messages"}

// count notes one message that has arrived. With the last one that
// MaxMessagesPerSecond allows, reading stops for the rest of the second, which
// began with the first one; with CloseOnRate the first one beyond ends the
// connection instead, and count returns false.
func (c *Conn) count() bool {
	c.loop.counts.MessagesIn++
	r := c.rate
	if r == nil {
		return true
	}
	r.said = c.loop.now
	allowed := c.limits.MaxMessagesPerSecond
	if allowed <= 0 {
		return true
	}
	if c.loop.now >= r.until {
		*r = rate{until: c.loop.now + int64(time.Second), said: r.said}
	}
	r.count++
	if c.limits.CloseOnRate {
		if r.count > allowed {
			c.fail(&errRate)
			return false
		}
	} else if r.count == allowed {
		c.limited(LimitRate)
		c.stop(stopRate)
		c.loop.AfterFunc(time.Duration(r.until-c.loop.clock()), func() { c.unstop(stopRate) })
	}
	return true
}

// idleAt is when the connection has been idle for too long.
func (c *Conn) idleAt() int64 {
	if c.rate == nil || c.limits.MaxIdle <= 0 || c.phase != phaseOpen {
		return int64(never)
	}
	return c.rate.said + int64(c.limits.MaxIdle)
}
