// The topic of the benchmark's presence rows.
@Api({ workers: 1 }) // every peer runs on one thread
@Guard((req) => { if (req.query.user) req.user = { id: req.query.user }; })
@Topic("room", { presence: true })
export default class Presence extends AppBase {}
