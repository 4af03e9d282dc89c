package websocket

import (
	"sync"

	"github.com/coder/websocket"
)

// perMessage is what a queued message counts beside its own bytes.
const perMessage = 64

type outMessage struct {
	kind websocket.MessageType
	data []byte
}

// outgoing is the queue from the script to the connection. Beyond its bound it takes no more.
type outgoing struct {
	wake chan struct{} // rung when there is something to do
	stop chan struct{} // closed when nobody sends any more
	most int

	mu       sync.Mutex
	messages []outMessage
	bytes    int // of messages that are not sent, without what they cost
	cost     int
	words    *websocket.CloseError // to be sent after them
}

func newOutgoing(most int) *outgoing {
	return &outgoing{wake: make(chan struct{}, 1), stop: make(chan struct{}), most: most}
}

// put is false when there is no room.
func (q *outgoing) put(m outMessage) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes += len(m.data)
	if q.words != nil || q.stopped() {
		return true // it counts and is dropped (WebSockets standard, send)
	}
	if q.cost += perMessage + len(m.data); q.cost > q.most {
		return false
	}
	q.messages = append(q.messages, m)
	q.ring()
	return true
}

func (q *outgoing) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *outgoing) take() (m outMessage, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.messages) == 0 {
		return m, false
	}
	m = q.messages[0]
	q.messages[0] = outMessage{}
	q.messages = q.messages[1:]
	return m, true
}

// sent gives the room of a message of n bytes back.
func (q *outgoing) sent(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= n
	q.cost -= perMessage + n
}

func (q *outgoing) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}

// close says what to send last. The first call counts.
func (q *outgoing) close(words websocket.CloseError) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.words == nil {
		q.words = &words
	}
	q.ring()
}

func (q *outgoing) closing() bool {
	_, last := q.lastWords()
	return last
}

func (q *outgoing) lastWords() (websocket.CloseError, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.words == nil {
		return websocket.CloseError{}, false
	}
	return *q.words, true
}

func (q *outgoing) stopped() bool {
	select {
	case <-q.stop:
		return true
	default:
		return false
	}
}

// end drops what waits: nobody will send it. It is called once.
func (q *outgoing) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = nil
	close(q.stop)
}
