package load

import (
	"encoding/binary"
	"fmt"
)

// Opcodes of RFC 6455, section 5.2, as far as the generator sends or tells them apart.
const (
	opText  = 0x1
	opClose = 0x8
)

// maskKey is the masking key of every frame sent. It is fixed, so that a frame is built once and sent many times; the server
// cannot know, and unmasks as it must (RFC 6455, section 5.3).
var maskKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// AppendFrame appends a final, masked frame of a client to dst and returns the longer slice. payload is not changed.
func AppendFrame(dst []byte, opcode byte, payload []byte) []byte {
	dst = append(dst, 0x80|opcode)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, 0x80|byte(n))
	case n <= 0xffff:
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 0x80|127), uint64(n))
	}
	dst = append(dst, maskKey[:]...)
	for i, b := range payload {
		dst = append(dst, b^maskKey[i&3])
	}
	return dst
}

// A Scanner finds the frames in what a server sends, however it is cut into reads. It skips payloads. The zero value is ready;
// it is not for concurrent use.
type Scanner struct {
	// WantBytes is the payload length that every data frame must have; 0 accepts any.
	WantBytes int

	head   [10]byte
	filled int    // bytes of head that are there
	left   uint64 // payload bytes of the current frame that are still to come
	opcode byte
	final  bool
	closed bool
}

// Closed reports whether a close frame has come.
func (s *Scanner) Closed() bool { return s.closed }

// Scan takes the next bytes and returns how many data messages ended in them. Control frames are not counted: pings are ignored,
// since a measurement is shorter than the patience of any peer. The error says which rule of RFC 6455, section 5, a frame broke.
func (s *Scanner) Scan(data []byte) (messages int, err error) {
	for len(data) > 0 {
		if s.left > 0 {
			n := min(s.left, uint64(len(data)))
			data, s.left = data[n:], s.left-n
		} else {
			n, done, err := s.header(data)
			data = data[n:]
			if err != nil || !done {
				return messages, err
			}
		}
		if s.left == 0 {
			messages += s.end()
		}
	}
	return messages, nil
}

// header takes bytes of data until the header is whole.
func (s *Scanner) header(data []byte) (taken int, done bool, err error) {
	for taken < len(data) {
		s.head[s.filled] = data[taken]
		s.filled++
		taken++
		if s.filled >= 2 && s.filled == headerBytes(s.head[1]) {
			s.filled = 0
			return taken, true, s.begin()
		}
	}
	return taken, false, nil
}

func headerBytes(second byte) int {
	switch second & 0x7f {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

func (s *Scanner) begin() error {
	s.final, s.opcode = s.head[0]&0x80 != 0, s.head[0]&0x0f
	if s.head[0]&0x70 != 0 || s.head[1]&0x80 != 0 {
		return fmt.Errorf("frame header % x: reserved bits or a mask from a server", s.head[:2])
	}
	switch n := s.head[1]; n {
	case 126:
		s.left = uint64(binary.BigEndian.Uint16(s.head[2:]))
	case 127:
		s.left = binary.BigEndian.Uint64(s.head[2:])
	default:
		s.left = uint64(n)
	}
	if s.opcode < opClose && s.WantBytes > 0 && s.left != uint64(s.WantBytes) {
		return fmt.Errorf("data frame of %d bytes, expected %d", s.left, s.WantBytes)
	}
	return nil
}

// end is told that a frame is whole and returns 1 if a data message ends with it.
func (s *Scanner) end() int {
	if s.opcode == opClose {
		s.closed = true
	}
	if s.final && s.opcode < opClose {
		return 1
	}
	return 0
}
