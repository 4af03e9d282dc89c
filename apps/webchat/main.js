// A chat whose messages come by HTTP and go out by WebSocket. Open http://127.0.0.1:8081/webchat/ in two tabs, and say something
// from a shell:
//
//   curl -d 'message=hello' http://127.0.0.1:8081/webchat/messages
//
// The handlers below are called for every connection at /webchat/ws; nothing of a connection is kept here.

export default class WebChat extends AppBase {
  /** What was said lately, newest last. */
  messages = [];

  @OnStart start() { this.log.info("the chat is open"); }
  @OnStop stop(reason) { this.log.info(`the chat is closed: ${reason}, after ${this.messages.length} messages`); }

  @OnConnect greet({ connection }) {
    connection.send(this.messages);
    this.count();
  }

  @OnDisconnect count() {
    this.broadcast({ people: this.connections.size });
  }

  /** The form of the page: a field `message`, as url-encoded forms have it. */
  @Post("/messages") async say(req) {
    const text = new URLSearchParams(await req.text()).get("message")?.trim();
    if (!text) return badRequest("a message has a text");
    const message = { text: text.slice(0, 1000), at: Date.now() };
    this.messages.push(message);
    this.messages = this.messages.slice(-100);
    this.broadcast([message]);
    return created(message);
  }

  @Get("/messages") list() { return this.messages; }
}
