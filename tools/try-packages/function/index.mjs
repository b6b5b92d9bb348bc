export const handler = () => "an answer";
