// How every tutorial waits, in plain JavaScript, where the promise's type says nothing.
export default class Pause extends AppBase {
  @Get async nap() {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return "awake";
  }
}
