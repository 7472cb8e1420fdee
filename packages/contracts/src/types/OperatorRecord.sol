// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Cast} from "./Cast.sol";

/// @dev An account's approval of an operator, and the collateral that the account has in escrow for its orders there, XCD.
/// One storage word. It belongs to one account and one operator, so that a gateway reaches no other escrow (T19).
struct OperatorRecord {
    bool isApproved;
    uint112 escrowXCD;
    /// @dev The part of the escrow that open orders bind as their bonds, at most `escrowXCD`.
    uint112 boundXCD;
}

using OperatorRecordLib for OperatorRecord global;

/// @title Escrow and bonds of one account at one gateway (T44)
library OperatorRecordLib {
    using SafeCast for uint256;

    /// @dev Binds a bond. Returns the collateral that the escrow lacks, which the caller must supply.
    function bind(OperatorRecord storage self, uint256 bondXCD) internal returns (uint256 lacksXCD) {
        OperatorRecord memory record = self;
        uint256 bound = uint256(record.boundXCD) + bondXCD;
        record.boundXCD = bound.toUint112();
        if (bound > record.escrowXCD) {
            lacksXCD = bound - record.escrowXCD;
            record.escrowXCD = record.boundXCD;
        }
        (self.isApproved, self.escrowXCD, self.boundXCD) = (record.isApproved, record.escrowXCD, record.boundXCD);
    }

    /// @dev Less than a bond is bound only after the account has withdrawn its escrow from a gateway that was not approved
    /// then.
    function free(OperatorRecord storage self, uint256 bondXCD) internal {
        uint256 bound = self.boundXCD;
        self.boundXCD = Cast.lowUint112(bound - Math.min(bondXCD, bound));
    }

    /// @dev Takes a bond out of the escrow, as far as it is bound. Returns the amount, which the caller credits.
    function take(OperatorRecord storage self, uint256 bondXCD) internal returns (uint256 paidXCD) {
        uint256 bound = self.boundXCD;
        paidXCD = Math.min(bondXCD, bound);
        self.boundXCD = Cast.lowUint112(bound - paidXCD);
        self.escrowXCD = Cast.lowUint112(self.escrowXCD - paidXCD);
    }

    /// @dev Takes the free part out of the escrow. Returns the amount, which the caller credits.
    function takeFree(OperatorRecord storage self) internal returns (uint256 amountXCD) {
        uint112 bound = self.boundXCD;
        amountXCD = self.escrowXCD - bound;
        self.escrowXCD = bound;
    }
}
