// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ISpotHedgeSettings} from "../../interfaces/ISpotHedgeVault.sol";
import {PPM} from "../../types/Units.sol";
import {LpModule} from "../lp/LpModule.sol";
import {BaseAccounting} from "./BaseAccounting.sol";
import {BaseVaultQuotes} from "./BaseVaultQuotes.sol";
import {SpotHedgeLpModule} from "./SpotHedgeLpModule.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The LP and owner functions of a base vault
/// @notice The asset is the base token. The margin counts at the oracle price.
/// @dev Runs on the storage of the {SpotHedgeBaseMaker} whose constructor receives it. The deployed module owns itself, so its
/// owner functions revert when they are called directly.
contract BaseVaultModule is BaseAccounting, SpotHedgeLpModule {
    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", address(this), clearingHouse_, marketId_, baseToken_, baseToken_)
        SpotHedgeLpModule(new BaseVaultQuotes(clearingHouse_, marketId_, baseToken_))
    {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ISpotHedgeSettings
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_, GAP_BOUND_DIVISOR * _hedgeGapRules.maxDeviation, PPM);
    }

    // ------------------------------------------------------------------------------------------------------- LPs ----

    /// @inheritdoc LpModule
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        _deduct(v, payout);
        _transferOut(payout, 0, receiver);
    }

    /// @inheritdoc LpModule
    /// @dev Capacity is the deposits of LPs. Only they change it.
    function _afterLiquidityChange() internal override {
        _vault.reportCapacity(marketId, assetLiability * assetScale, 0);
    }
}
