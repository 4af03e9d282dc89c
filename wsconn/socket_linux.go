package wsconn

import (
	"errors"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// duplicate returns a second, non-blocking descriptor of a socket.
func duplicate(s syscall.Conn) (fd int, err error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd = -1
	if e := raw.Control(func(old uintptr) {
		fd, err = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	}); e != nil || err != nil {
		return -1, errors.Join(e, err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// duplicateTCP is duplicate with what a loop wants of a connection.
func duplicateTCP(tcp *net.TCPConn, sendBuffer int) (fd int, err error) {
	if fd, err = duplicate(tcp); err != nil {
		return -1, err
	}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, sendBuffer),
	)
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// adoptTCP makes a connection of Go's own of a descriptor, which is closed also
// after an error.
func adoptTCP(fd int) (*net.TCPConn, error) {
	file := os.NewFile(uintptr(fd), "tcp")
	conn, err := net.FileConn(file) // a duplicate
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil, errors.Join(errors.New("this is no TCP socket"), conn.Close())
	}
	return tcp, tcp.SetKeepAlive(true) // as net.Listener does
}

// fromDoor makes the transport of a connection that a Door has accepted.
func (l *Loop) fromDoor(a *Accepted, sendBuffer int) transport {
	if l.portable {
		if tcp, err := adoptTCP(a.fd); err == nil {
			return newPortable(l, tcp, sendBuffer)
		}
		a.fd = -1 // closed: reading finds that out
	}
	_ = unix.SetsockoptInt(a.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, sendBuffer) // cannot fail: a socket and a size
	return &polled{poller: l.poller, fd: int32(a.fd), peer: a.peer}
}

// closeSocket closes a descriptor that nothing else owns.
func closeSocket(fd int) error { return os.NewSyscallError("close", unix.Close(fd)) }
