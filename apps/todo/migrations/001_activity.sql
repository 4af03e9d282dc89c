-- What happened on the board. The types are those of SQLite and PostgreSQL alike.
create table activity (at bigint not null, who text not null, what text not null, title text not null);
create index activity_by_time on activity (at);
