package channels_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/appbase/modules/channels"
	"github.com/sigil-server/sigil/appbase/modules/clone"
	"github.com/sigil-server/sigil/appbase/modules/events"
	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

func TestMain(m *testing.M) {
	// The clock of the pattern library ends itself some seconds after the last match.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

func TestChannels(t *testing.T) {
	rt := globalstest.NewRuntime(t, globalstest.Engine(clone.Install), events.Install, channels.Install)
	for body, want := range map[string]string{
		`const { port1, port2 } = new MessageChannel(), seen = [];
		 port1.postMessage(1); port1.postMessage([2]); seen.push("posted");
		 await new Promise((r) => { port2.onmessage = (e) => { seen.push(e.data, e.type, e instanceof MessageEvent, e.isTrusted, e.ports.length); if (e.data[0] === 2) r(); }; });
		 return seen`: "posted,1,message,true,true,0,2,message,true,true,0",
		// A microtask of one message runs before the next arrives.
		`const c = new MessageChannel(), seen = [];
		 await new Promise((r) => { c.port1.onmessage = (e) => { seen.push(e.data); queueMicrotask(() => seen.push("m")); if (e.data === 2) r(); }; c.port2.postMessage(1); c.port2.postMessage(2); });
		 return seen`: "1,m,2,m",
		`const { port1, port2 } = new MessageChannel(), o = { a: 1 };
		 const got = new Promise((r) => { port2.onmessage = (e) => r(e.data); });
		 port1.postMessage(o); o.a = 2; return (await got).a`: "1",
		`const { port1, port2 } = new MessageChannel(), b = new ArrayBuffer(3);
		 const got = new Promise((r) => { port2.onmessage = (e) => r(e.data); });
		 port1.postMessage(b, [b]); return [b.byteLength, (await got).byteLength]`: "0,3",
		`const { port1, port2 } = new MessageChannel(); let n = 0;
		 port2.addEventListener("message", () => n++); port1.postMessage(1);
		 await new Promise((r) => setTimeout(r, 5)); const before = n;
		 port2.start(); await new Promise((r) => setTimeout(r, 5)); return [before, n]`: "0,1",
		`const { port1, port2 } = new MessageChannel();
		 const closed = new Promise((r) => { port2.onclose = (e) => r(e.type); });
		 port1.close(); port1.close(); port2.postMessage("to nobody"); return closed`: "close",
		`const { port1 } = new MessageChannel(); port1.postMessage(() => {})`:                          "DataCloneError: #<Function> could not be cloned",
		`const c = new MessageChannel(); c.port1.postMessage(1, [c.port2])`:                            "DataCloneError: a MessagePort could not be transferred: both ends stay in the app",
		`const { port1 } = new MessageChannel(); for (let i = 0; i <= 1024; i++) port1.postMessage(i)`: "QuotaExceededError: 1024 messages wait at the other port already",
		`new MessagePort()`: "TypeError: MessagePort has no constructor: make a MessageChannel",
		`const { port1 } = new MessageChannel(); port1.postMessage()`:                                    "TypeError: postMessage needs 1 argument, but got 0",
		`return [String(new MessageChannel()), String(new MessageChannel().port1), MessageChannel.name]`: "[object MessageChannel],[object MessagePort],MessageChannel",
	} {
		if got := globalstest.Wait(t, rt, body); got != want {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
}
