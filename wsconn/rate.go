package wsconn

import "time"

// rate counts the messages of one second.
type rate struct {
	until int64 // end of the second, on the loop's clock
	count int
}

// count notes one message. With the last one that MaxMessagesPerSecond allows,
// reading stops for the rest of the second, which began with the first one.
func (c *Conn) count() {
	allowed := c.limits.MaxMessagesPerSecond
	if allowed <= 0 {
		return
	}
	if c.rate == nil {
		c.rate = new(rate)
	}
	r := c.rate
	if c.loop.now >= r.until {
		*r = rate{until: c.loop.now + int64(time.Second)}
	}
	if r.count++; r.count == allowed {
		c.stop(stopRate)
		c.loop.AfterFunc(time.Duration(r.until-c.loop.clock()), func() { c.unstop(stopRate) })
	}
}
