package wsconn

import (
	"bytes"
	"slices"
	"testing"
)

// suite is the whole of it without compression.
func suite() []conformanceCase {
	return slices.Concat(framingCases(), controlCases(), reservedCases(), fragmentCases(), textCases(), closeCases(), sizeCases())
}

// The sections of the suite, each case with all its bytes in one write and with
// every byte (or, of long ones, every few) in a write of its own.
func TestSuite(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		cases := suite()
		if o.portable { // as tls, which has all of them, but for what is below the frames
			cases = everyNth(cases, 7)
		}
		checkSuite(t, newRig(t, o), "", cases)
	})
}

func checkSuite(t *testing.T, r *rig, headers string, cases []conformanceCase) {
	t.Helper()
	t.Run("coalesced", func(t *testing.T) {
		for _, tt := range cases {
			t.Run(tt.name, func(t *testing.T) { checkConformance(t, r, headers, tt) })
		}
	})
	t.Run("chopped", func(t *testing.T) {
		for _, tt := range cases {
			t.Run(tt.name, func(t *testing.T) {
				checkSent(t, r, headers, tt, func(c *client) { c.sendChopped(bytes.Join(tt.send, nil)) })
			})
		}
	})
	t.Logf("%d cases", 2*len(cases))
}

// sendChopped writes short texts byte by byte, and long ones in pieces of no
// round number.
func (c *client) sendChopped(all []byte) {
	c.t.Helper()
	size := 1
	if len(all) > 600 {
		size = 1 + len(all)/61
	}
	for piece := range slices.Chunk(all, size) {
		if _, err := c.Write(piece); err != nil {
			c.t.Fatal(err)
		}
	}
}

// The parser cuts whatever the sockets would have joined.
func TestSuiteInTheParser(t *testing.T) {
	limits := Limits{}.WithDefaults()
	for _, tt := range slices.Concat(conformance, suite()) {
		all := bytes.Join(tt.send, nil)
		if len(all) > 4096 {
			continue
		}
		want := parseAll([][]byte{all}, &limits)
		for _, size := range []int{1, 2, 3, 7} {
			if got := parseAll(cut(all, size, size), &limits); !slices.Equal(got, want) {
				t.Errorf("%s: cut every %d: %q, whole: %q", tt.name, size, got, want)
			}
		}
	}
}
