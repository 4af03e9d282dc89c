package wsconn

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls here are made for every message, so they go to the kernel directly:
// [unix.Read] would tell Go's scheduler first that the thread may sleep, and the
// scheduler would take the processor away while it does not, and give it back.
//
// That is sound because none of these calls sleeps: the descriptors are
// non-blocking, and a poll here has no timeout. A thread in such a call only
// delays a garbage collection's start, as any other 64 KiB of copying would.
// The pointers are converted in the argument lists of the calls, so that what
// they point to stays where it is until they return (package unsafe, rule 4).

// They are those of sockets: recvfrom and sendto take a shorter way through the
// kernel than read and write, which every file has.

// readNow reads what the socket fd has received into p, which is not empty.
func readNow(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
	return result(n, errno)
}

// writeNow sends from the front of p what fits.
func writeNow(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		unix.MSG_NOSIGNAL, 0, 0)
	return result(n, errno)
}

// writevNow is writeNow of several pieces, of which there is at least one.
func writevNow(fd int, pieces []unix.Iovec) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(pieces))), uintptr(len(pieces)))
	return result(n, errno)
}

// acceptNow accepts a connection at the listening socket fd, without blocking.
// Unlike [unix.Accept4] it does not ask which protocol the socket speaks: it
// is TCP.
func acceptNow(listen int) (fd int, peer netip.AddrPort, err error) {
	var name unix.RawSockaddrInet6 // the larger of the two
	size := uint32(unsafe.Sizeof(name))
	n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(listen), uintptr(unsafe.Pointer(&name)), uintptr(unsafe.Pointer(&size)),
		unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if fd, err = result(n, errno); err != nil {
		return fd, peer, err
	}
	return fd, peerOf(&name), nil
}

// peerOf reads the address that the kernel has written. Port and address are in
// the order of the network.
func peerOf(name *unix.RawSockaddrInet6) netip.AddrPort {
	port := func(p *uint16) uint16 { return binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(p))[:]) }
	switch name.Family {
	case unix.AF_INET:
		name := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(name.Addr), port(&name.Port))
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16(name.Addr).Unmap(), port(&name.Port))
	}
	return netip.AddrPort{}
}

// pollNow returns the events that are there already, at least one being asked
// for.
func pollNow(epoll int, events []unix.EpollEvent) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(unsafe.SliceData(events))),
		uintptr(len(events)), 0, 0, 0)
	return result(n, errno)
}

func result(n uintptr, errno syscall.Errno) (int, error) {
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}
