package load

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// HTTP is the load of many who each ask for Path over a connection of their own that stays open, the next time when the
// answer has come. An answer must be a 200 whose body is Body; a line's end after it is let pass, which some end JSON with.
type HTTP struct {
	Connections int
	Path, Body  string
}

// Run measures one server.
func (h HTTP) Run(t Target, times Times) (Result, error) {
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: */*\r\n\r\n", h.Path, t.Port)
	l.http = &exchange{request: request, body: []byte(h.Body)}
	run := httpRun{loop: l, length: len(request), epoch: time.Now()}
	l.on.messages = run.again
	if err := l.openAll(h.Connections, h.Path); err != nil {
		return Result{}, err
	}
	return l.measure(t.Process, times, &run.answers, &run.latency)
}

type httpRun struct {
	loop    *loop
	length  int
	epoch   time.Time
	answers int64
	latency Histogram
}

func (r *httpRun) again(c *conn, _ int) error {
	now := int64(time.Since(r.epoch))
	if c.sent == nil {
		c.sent = []int64{now}
	}
	r.latency.Add(time.Duration(now-c.sent[0]), 1)
	c.sent[0] = now
	r.answers++
	return r.loop.send(c, r.length)
}

// exchange is what every connection of a loop asks, and what it must get.
type exchange struct {
	request, body []byte
}

// take adds bytes of an answer to those that have come, and says whether it is whole.
func (x *exchange) take(c *conn, data []byte) (count int, err error) {
	c.head = append(c.head, data...)
	end := bytes.Index(c.head, []byte("\r\n\r\n"))
	if end < 0 {
		if len(c.head) > maxHeadBytes {
			return 0, errors.New("the head of an answer has no end")
		}
		return 0, nil
	}
	head, rest := c.head[:end], c.head[end+4:]
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 200 ")) {
		return 0, fmt.Errorf("not the answer that was wanted: %.200q", head)
	}
	whole, body, err := bodyOf(head, rest)
	if err != nil || !whole {
		return 0, err
	}
	if !bytes.Equal(bytes.TrimSuffix(body, []byte("\n")), x.body) {
		return 0, fmt.Errorf("the body is %.200q, want %q", body, x.body)
	}
	c.head = c.head[:0]
	return 1, nil
}

// bodyOf finds the body of an answer by its length, or as chunks; the answer must be the last thing that has come.
func bodyOf(head, rest []byte) (whole bool, body []byte, err error) {
	head = bytes.ToLower(head)
	if bytes.Contains(head, []byte("\r\ntransfer-encoding: chunked")) {
		return chunks(rest)
	}
	_, after, ok := bytes.Cut(head, []byte("\r\ncontent-length:"))
	value, _, _ := bytes.Cut(after, []byte("\r\n"))
	length, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	if !ok || err != nil {
		return false, nil, fmt.Errorf("an answer of unknown length: %.200q", head)
	}
	return len(rest) >= length, rest[:min(length, len(rest))], nil
}

// chunks reads a chunked body (RFC 9112, 7.1) without extensions and trailers.
func chunks(rest []byte) (whole bool, body []byte, err error) {
	for {
		line, after, ok := bytes.Cut(rest, []byte("\r\n"))
		if !ok {
			return false, nil, nil
		}
		size, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return false, nil, fmt.Errorf("a chunk of %q bytes", line)
		}
		if len(after) < int(size)+2 {
			return false, nil, nil
		}
		if size == 0 {
			return true, body, nil
		}
		body, rest = append(body, after[:size]...), after[size+2:]
	}
}
