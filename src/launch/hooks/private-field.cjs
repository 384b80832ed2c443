'use strict';
// Values on objects of others that nothing sees: a private field can be added to any object, frozen ones too, shows in no
// inspection, and is ten times cheaper than a hidden property.

class Itself {
  constructor(object) {
    // biome-ignore lint/correctness/noConstructorReturn: so that a subclass adds its field to this object
    return object;
  }
}

exports.privateField = () =>
  class Field extends Itself {
    #value;

    static get(object) {
      return #value in object ? object.#value : undefined;
    }

    static set(object, value) {
      if (#value in object) object.#value = value;
      else new Field(object).#value = value;
    }
  };
