package appbase

import (
	"errors"
	"time"
)

// Message is one outgoing WebSocket message. Exactly one of Text and Bytes counts, told by Binary.
type Message struct {
	Text   string
	Bytes  []byte // not changed by anyone once handed over
	Binary bool
	JSON   bool // Text was made of a value that is no text
}

// Host is what a worker asks of the server: topics and the fan-out over an app's connections. All methods are called on
// the worker's goroutine and return at once.
type Host interface {
	// Subscribe adds s to a topic. An error is one of this file, or says what is wrong with the name.
	Subscribe(s Socket, topic string) error
	// Unsubscribe takes s out of topic, if it was in.
	Unsubscribe(s Socket, topic string)
	// Follow subscribes s as a client of the realtime protocol; since is where it left off, nil: it begins now. What it
	// missed is sent after what the worker sends in this turn. Errors as of Subscribe.
	// watch: it is told who comes and goes.
	Follow(s Socket, topic string, since *Position, watch bool) (Following, error)
	// Publish queues m for every subscriber of topic. Errors are as of Subscribe.
	Publish(topic string, m Message, o PublishOptions) (Receipt, error)
	// Broadcast queues m for every connection of the app but except and returns how many took it.
	Broadcast(m Message, except []Socket) int
	// Configure sets what is kept for which topics from now on.
	Configure(rules []TopicRule)
	// Rule is the index of the configured rule that counts for a topic; -1: none.
	Rule(topic string) int
	// Enter counts a connection of a member of a topic; true: the member was not there.
	Enter(topic string, m Member) bool
	// Exit counts one less; when that was the last and none has come for grace, left is called.
	Exit(topic, id string, grace time.Duration, left func(Member))
	// Members are those who are on a topic, longest first, at most limit, and how many there are.
	Members(topic string, limit int) ([]Member, int)
	// History are the last publications that a topic keeps, oldest first, at most limit.
	History(topic string, limit int) []Publication
}

// Why a host refuses.
var (
	ErrEnded      = errors.New("the connection has ended")
	ErrManyTopics = errors.New("too many topics")
)

// TopicRule is what a @Topic annotation says of the topics that its pattern names.
type TopicRule struct {
	Pattern string        // "room:*": an asterisk stands for one or more characters
	History int           // publications that are kept; 0 none
	TTL     time.Duration // for how long; 0: the broker's default
}

// PublishOptions are the rarer things that a publication may have.
type PublishOptions struct {
	Except Socket // a subscriber to leave out; nil: none. Clients of the realtime protocol are never left out
	Key    string // a publication with a key that was seen is not published again; "": none
}

// Receipt is what came of a publication.
type Receipt struct {
	Reached   int // connections that took it
	Position  Position
	Duplicate bool // its key was seen; Position is that of the first
}

// Position is a place in a topic's sequence of publications; the zero one is that of a topic without history.
type Position struct {
	Epoch  string
	Offset uint64
}

// Following is the outcome of [Host.Follow]: publications behind Position come.
type Following struct {
	Position  Position
	Recovered bool // Position is where the client left off
}

// Publication is a kept message of a topic.
type Publication struct {
	Position
	Message Message
	Time    time.Time
}
