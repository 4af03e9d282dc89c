package ecmascript

import (
	"math"
	"math/big"
)

// sum adds doubles without rounding until the end (Math.sumPrecise, ECMA-262 21.3.2.35).
type sum struct {
	exact    *big.Float
	term     *big.Float
	infinite float64 // the infinity that came, NaN when both or a NaN did
	nonZero  bool    // something came that is not -0
}

// sumBits hold any sum of 2^53 doubles exactly: 1074 bits below one, 1024 above, 53 for the count.
const sumBits = 1074 + 1024 + 53

func newSum() *sum {
	return &sum{exact: new(big.Float).SetPrec(sumBits), term: new(big.Float).SetPrec(53)}
}

func (s *sum) add(n float64) {
	if n != 0 || !math.Signbit(n) {
		s.nonZero = true
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		s.infinite += n // of both infinities it makes a NaN
		return
	}
	s.exact.Add(s.exact, s.term.SetFloat64(n))
}

func (s *sum) value() float64 {
	if s.infinite != 0 {
		return s.infinite
	}
	if !s.nonZero {
		return math.Copysign(0, -1)
	}
	total, _ := s.exact.Float64()
	return total + 0 // never -0
}

// toHalf is the IEEE 754 binary16 nearest to x, ties to even, rounded once.
func toHalf(x float64) uint16 {
	sign := uint16(math.Float64bits(x) >> 48 & 0x8000)
	x = math.Abs(x)
	switch {
	case math.IsNaN(x):
		return 0x7e00
	case x >= 65520: // halfway from the largest to the next
		return sign | 0x7c00
	case x < 0x1p-14: // subnormal: multiples of 2^-24; the largest rounds up into the normal ones
		return sign | uint16(math.RoundToEven(x*0x1p24))
	}
	fraction, exponent := math.Frexp(x) // x = fraction * 2^exponent, fraction in [0.5, 1)
	mantissa := uint16(math.RoundToEven(fraction * 0x1p11))
	return sign | (uint16(exponent+14)<<10 + mantissa - 0x400)
}

// fromHalf is the value of an IEEE 754 binary16.
func fromHalf(h uint16) float64 {
	exponent, mantissa := int(h>>10&0x1f), float64(h&0x3ff)
	var x float64
	switch exponent {
	case 0:
		x = mantissa * 0x1p-24
	case 0x1f:
		x = math.Inf(1)
		if mantissa != 0 {
			return math.NaN()
		}
	default:
		x = math.Ldexp(1+mantissa/1024, exponent-15)
	}
	if h&0x8000 != 0 {
		x = -x
	}
	return x
}
