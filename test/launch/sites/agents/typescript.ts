// TypeScript as Node strips it: types take room, lines and columns stay. Marks as in styles.mjs.
import OpenAI from 'openai';

interface Question<T extends string = string> {
  readonly name: T;
  readonly times?: number;
}

type Answer = Awaited<ReturnType<OpenAI['chat']['completions']['create']>>;

const client: OpenAI = new OpenAI({ maxRetries: 0 });

abstract class Tool<Input extends object> {
  declare readonly input: Input;
  abstract run(input: Input): Promise<unknown>;
}

class Asking extends Tool<Question> {
  override async run<T extends Question>({ name }: T): Promise<Answer> {
    await (Promise.resolve() as Promise<void>);
    const messages = [{ role: 'user' as const, content: `case=${name satisfies string}` }];
    return await client.chat.completions.create({ model: 'gpt-4o', messages }); // @ts-class
  }
}

const generic = async <T>(name: string, map: (answer: Answer) => T): Promise<T> => {
  const messages = [{ role: 'user' as const, content: `case=${name}` }];
  return map(await client.chat.completions.create({ model: 'gpt-4o', messages })); // @ts-generic
};

await new Asking().run({ name: 'ts-class' }); // @ts-class+1
await generic<string>('ts-generic', String); // @ts-generic+1
process.exit();
