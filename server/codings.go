package server

import (
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoder compresses what is written to it.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(w io.Writer)
}

// codings keeps encoders for the next answer: each costs more than a small answer to make. It may be used from any
// goroutine.
type codings struct{ gzip, zstd sync.Pool }

func newCodings() *codings {
	return &codings{
		gzip: sync.Pool{New: func() any { return gzip.NewWriter(nil) }},
		zstd: sync.Pool{New: func() any { return newZstd() }},
	}
}

// newZstd makes an encoder that fits a server with many clients: small windows, which every decoder takes (RFC 9659), and
// no goroutines of its own.
func newZstd() encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // these options are good
	}
	return e
}

func (c *codings) pool(coding string) *sync.Pool {
	if coding == "zstd" {
		return &c.zstd
	}
	return &c.gzip
}

// take returns an encoder that writes to w, until put.
func (c *codings) take(coding string, w io.Writer) encoder {
	e := c.pool(coding).Get().(encoder)
	e.Reset(w)
	return e
}

func (c *codings) put(coding string, e encoder) {
	e.Reset(io.Discard)
	c.pool(coding).Put(e)
}

// preferredCoding is the offer that Accept-Encoding values most (RFC 9110 12.5.3), of equals the first; "" when the
// identity is as good or better, or nothing fits. Forced: the identity is excluded, and the offer is not.
func preferredCoding(accept []string, offers ...string) (coding string, forced bool) {
	if len(accept) == 0 {
		return "", false
	}
	most := 0.0
	for _, offer := range offers {
		if q, _ := codingQuality(accept, offer); q > most {
			coding, most = offer, q
		}
	}
	identity, named := codingQuality(accept, "identity")
	excluded := named && identity == 0
	if named && identity > most {
		return "", false
	}
	return coding, excluded && coding != ""
}

// codingQuality is the weight of a coding; named is false when neither it nor "*" is listed.
func codingQuality(accept []string, coding string) (q float64, named bool) {
	wild := -1.0
	for _, value := range accept {
		for part := range strings.SplitSeq(value, ",") {
			name, weight := weighted(part)
			switch {
			case strings.EqualFold(name, coding), coding == "gzip" && strings.EqualFold(name, "x-gzip"):
				return weight, true
			case name == "*":
				wild = weight
			}
		}
	}
	return max(wild, 0), wild >= 0
}

// weighted reads "gzip;q=0.5". A weight that is none excludes.
func weighted(text string) (name string, q float64) {
	name, params, found := strings.Cut(text, ";")
	name = strings.TrimSpace(name)
	if !found {
		return name, 1
	}
	key, value, _ := strings.Cut(strings.TrimSpace(params), "=")
	if !strings.EqualFold(strings.TrimSpace(key), "q") {
		return name, 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return name, 0
	}
	return name, q
}
