import assert from "node:assert/strict";
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from "typeorm";

@Entity()
class Name {
  @PrimaryGeneratedColumn() id?: number;
  @Column("text") name?: string;
}

/** Saves into a database in memory and reads it; finds no PostgreSQL at a closed port. */
export async function use(): Promise<void> {
  const memory = await new DataSource({ type: "sqljs", entities: [Name], synchronize: true }).initialize();
  await memory.getRepository(Name).save({ name: "value" });
  assert.deepEqual(await memory.getRepository(Name).find(), [Object.assign(new Name(), { id: 1, name: "value" })]);
  await memory.destroy();
  const postgres = new DataSource({ type: "postgres", host: "127.0.0.1", port: 1, entities: [Name] });
  await assert.rejects(postgres.initialize(), { code: "ECONNREFUSED" });
}
